export { CompanyProfilePage as CompanyProfileScreen } from '../../features/organizations/company-profile-page.tsx'
