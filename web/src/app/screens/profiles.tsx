export { ProfilePage as ProfileScreen } from '../../features/profiles/profile-page.tsx'
