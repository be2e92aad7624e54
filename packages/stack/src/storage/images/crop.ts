import type { Region } from 'sharp'
import type { Frame, Transformation } from './transformation.ts'

/** Which part is kept: from its direction or its point, moved by pixels, or below 1 by parts of the image. */
export function cropOf(scaled: Frame, kept: Frame, asked: Transformation): Region {
  const { gravity = 'ce', x_offset: x = 0, y_offset: y = 0 } = asked
  const room = { x: scaled.width - kept.width, y: scaled.height - kept.height }
  if (gravity === 'fp') {
    return region(kept, room, x * scaled.width - kept.width / 2, y * scaled.height - kept.height / 2)
  }
  const offset = (value: number, size: number) => (Math.abs(value) < 1 ? value * size : value)
  const [dx, dy] = [offset(x, scaled.width), offset(y, scaled.height)]
  const left = gravity.endsWith('ea') ? room.x - dx : gravity.endsWith('we') ? dx : room.x / 2 + dx
  const top = gravity.startsWith('no') ? dy : gravity.startsWith('so') ? room.y - dy : room.y / 2 + dy
  return region(kept, room, left, top)
}

const region = (kept: Frame, room: { x: number; y: number }, left: number, top: number): Region => ({
  ...kept,
  left: within(left, room.x),
  top: within(top, room.y),
})

const within = (value: number, most: number) => Math.min(Math.max(Math.round(value), 0), most)
