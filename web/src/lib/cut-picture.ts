/** A rectangle in pixels of the picture as it stands after turning. */
export type Area = { x: number; y: number; width: number; height: number }

/** What is sent is never wider: the largest picture that is shown is half of it. */
const widest = 1_024

/**
 * Cuts a square out of a picture, turned by `rotation` degrees, and makes a file of it: WebP, or PNG where the browser
 * writes no WebP. What the square reaches beyond the picture is clear.
 */
export async function cutPicture(image: HTMLImageElement, area: Area, rotation: number): Promise<Blob> {
  const side = Math.max(64, Math.min(widest, Math.round(area.width)))
  const canvas = document.createElement('canvas')
  canvas.width = side
  canvas.height = side
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser draws no pictures.')
  const { naturalWidth: width, naturalHeight: height } = image
  const around = turnedSize(width, height, rotation)
  const scale = side / area.width
  context.imageSmoothingQuality = 'high'
  context.scale(scale, scale)
  context.translate(around.width / 2 - area.x, around.height / 2 - area.y)
  context.rotate(radians(rotation))
  context.drawImage(image, -width / 2, -height / 2)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/webp', 0.9))
  if (!blob) throw new Error('This browser could not make the picture.')
  return blob
}

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** The upright rectangle around a turned one. */
function turnedSize(width: number, height: number, rotation: number) {
  const [sin, cos] = [Math.abs(Math.sin(radians(rotation))), Math.abs(Math.cos(radians(rotation)))]
  return { width: width * cos + height * sin, height: width * sin + height * cos }
}
