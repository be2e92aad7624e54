import {
  IconBolt,
  IconBuildingFactory2,
  IconBulb,
  IconCertificate,
  IconChartBar,
  IconCoin,
  IconCpu,
  IconLeaf,
  IconMessages,
  IconRobot,
  IconSettings,
  IconShieldCheck,
  IconTool,
  IconTruckDelivery,
  IconUsersGroup,
  type TablerIcon,
} from '@tabler/icons-react'

// The database keeps an icon's name; these are the ones this app carries.
const icons: Record<string, TablerIcon> = {
  bolt: IconBolt,
  'building-factory-2': IconBuildingFactory2,
  bulb: IconBulb,
  certificate: IconCertificate,
  'chart-bar': IconChartBar,
  coin: IconCoin,
  cpu: IconCpu,
  leaf: IconLeaf,
  messages: IconMessages,
  robot: IconRobot,
  settings: IconSettings,
  'shield-check': IconShieldCheck,
  tool: IconTool,
  'truck-delivery': IconTruckDelivery,
  'users-group': IconUsersGroup,
}

export function CategoryIcon({ name, size = 20 }: { name: string; size?: number }) {
  const Icon = icons[name] ?? IconMessages
  return <Icon size={size} stroke={1.5} aria-hidden="true" />
}
