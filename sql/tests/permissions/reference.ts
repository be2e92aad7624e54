import { reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.industries',
    row: 'manufacturing',
    where: "code = 'C'",
    set: "name_en = 'Changed'",
    values: "(code, name_en, name_ar) values ('C', 'New', 'جديد')",
    can: reading,
  },
  {
    table: 'public.cities',
    row: 'Riyadh',
    where: 'id = 108410',
    set: "name_en = 'Changed'",
    values: "(id, country, name_en, name_ar, latitude, longitude) values (1, 'SA', 'New', 'جديد', 0, 0)",
    can: reading,
  },
]
