export { DeletedTopicsPage as DeletedTopicsScreen } from '../../features/forum/acts/deleted-topics-page.tsx'
export { CategoriesPage as CategoriesScreen } from '../../features/forum/keeping/categories-page.tsx'
export { TagsPage as TagsScreen } from '../../features/forum/keeping/tags-page.tsx'
