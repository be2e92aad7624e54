import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

const accent: MantineColorsTuple = [
  '#e1efea',
  '#c3e0d8',
  '#9fd0c4',
  '#7fd0c0',
  '#57b8a5',
  '#34998a',
  '#1c8070',
  '#0f6b5c',
  '#0b5549',
  '#074037',
]

const danger: MantineColorsTuple = [
  '#fbe9e6',
  '#f7d0ca',
  '#f4b3aa',
  '#f0938a',
  '#e8756a',
  '#d9534a',
  '#c93a31',
  '#b3261e',
  '#921d17',
  '#721511',
]

// Mantine draws its dark surfaces and lines from these.
const dark: MantineColorsTuple = [
  '#e4eae6',
  '#c3cfc9',
  '#9db0a9',
  '#6d7e77',
  '#2b3733',
  '#1f2a27',
  '#18211e',
  '#101715',
  '#0b110f',
  '#070b0a',
]

// Buttons take their colours from the tokens, where each theme has its own pair of ground and ink.
const variantColorResolver: VariantColorsResolver = (input) => {
  const tone = input.color === 'danger' ? 'danger' : 'accent'
  if (input.variant === 'filled') {
    return {
      background: `var(--${tone})`,
      hover: `var(--${tone}-hover)`,
      color: `var(--on-${tone})`,
      border: 'none',
    }
  }
  if (input.variant === 'light' || input.variant === 'subtle') {
    return {
      background: input.variant === 'light' ? `var(--${tone}-soft)` : 'transparent',
      hover: `var(--${tone}-soft)`,
      color: `var(--${tone})`,
      border: 'none',
    }
  }
  return defaultVariantColorsResolver(input)
}

/** The scale and palette of tokens.css in Mantine's own words. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-code)',
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  colors: { accent, danger, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver,
  defaultRadius: 'md',
  radius: { md: 'var(--radius)' },
  fontSizes: {
    xs: 'var(--text-12)',
    sm: 'var(--text-14)',
    md: 'var(--text-16)',
    lg: 'var(--text-20)',
    xl: 'var(--text-26)',
  },
  spacing: {
    xs: 'var(--space-2)',
    sm: 'var(--space-3)',
    md: 'var(--space-4)',
    lg: 'var(--space-6)',
    xl: 'var(--space-8)',
  },
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'md', fw: 600, fz: 'sm' },
      // Its place comes with the transition, which reduced motion leaves out.
      styles: { loader: { transform: 'translate(-50%, -50%)' } },
    },
    Input: {
      vars: () => ({
        wrapper: { '--input-bg': 'var(--surface)', '--input-bd': 'var(--line-strong)' },
      }),
    },
    // Label above, help below, the fault between help and field.
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] },
      styles: {
        label: { marginBlockEnd: 'var(--space-1)', fontWeight: 500 },
        description: {
          marginBlockStart: 'var(--space-1)',
          fontSize: 'var(--text-14)',
          lineHeight: 'var(--leading-tight)',
        },
        error: { marginBlockStart: 'var(--space-1)', fontSize: 'var(--text-14)' },
      },
    },
    TextInput: { defaultProps: { size: 'md' } },
    PasswordInput: { defaultProps: { size: 'md' } },
    NativeSelect: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
    TagsInput: { defaultProps: { size: 'md' } },
    Menu: {
      defaultProps: { transitionProps: { duration: 120 } },
      styles: { dropdown: { boxShadow: 'var(--shadow)' } },
    },
    Popover: {
      defaultProps: { transitionProps: { duration: 120 } },
      styles: { dropdown: { boxShadow: 'var(--shadow)' } },
    },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 120 } } },
  },
})

export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-line-height': 'var(--leading)',
  }
  return { variables: {}, light: both, dark: both }
}
