import { Link } from '@tanstack/react-router'
import { urls } from '../../../app/urls.ts'
import type { DocumentLinks } from '../../../ui/rich-text/links.ts'
import { AttachmentRow } from '../attachments/attachment-row.tsx'
import { PostPicture } from '../attachments/post-picture.tsx'
import { goToPost } from '../post-place.ts'

/** Where what a post mentions, quotes and holds is found. */
export const documentLinks: DocumentLinks = {
  mention: (person, name) => (
    <Link to={urls.person} params={{ person }}>
      {name}
    </Link>
  ),
  picture: (image) => <PostPicture attrs={image} />,
  attachment: (file) => <AttachmentRow attrs={file} />,
  quote: (post, words) => (
    <a
      href={`#post-${post}`}
      onClick={(event) => {
        if (goToPost(post)) event.preventDefault()
      }}
    >
      {words}
    </a>
  ),
}
