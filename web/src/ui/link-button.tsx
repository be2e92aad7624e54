import { Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { MouseEventHandler, Ref } from 'react'

type Props = Omit<ButtonProps, 'href'> & {
  ref?: Ref<HTMLAnchorElement>
  onClick?: MouseEventHandler<HTMLAnchorElement>
}

const ButtonAnchor = (props: Props) => <Button component="a" {...props} />

/** A typed link that looks like a button: for going somewhere, not for doing something. */
export const LinkButton = createLink(ButtonAnchor)
