import { Textarea } from '@mantine/core'
import { forumLimits, type TemplateField } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { ownDirection } from '../../../ui/form.tsx'
import { useTemplateWords } from './template-words.ts'

type Props = {
  template: TemplateField[]
  answers: Record<string, string | undefined>
  onChange: (answers: Record<string, string | undefined>) => void
  faultOf: (key: string) => string | null
  readOnly: boolean
}

/** What a category asks for, in the reader's language. What was written for a field stays while another category is looked at. */
export function TemplateFields({ template, answers, onChange, faultOf, readOnly }: Props) {
  const { t } = useTranslation()
  const words = useTemplateWords()
  return template.map((field) => (
    <Textarea
      key={field.key}
      size="md"
      label={words.label(field)}
      description={[words.help(field), !field.required && t('asking.optional')].filter(Boolean).join(' ')}
      required={field.required}
      value={answers[field.key] ?? ''}
      onChange={({ target }) => onChange({ ...answers, [field.key]: target.value })}
      maxLength={forumLimits.templateAnswerMax}
      autosize
      minRows={1}
      maxRows={8}
      readOnly={readOnly}
      {...ownDirection}
      error={faultOf(field.key)}
    />
  ))
}
