-- The shelves every forum starts with. Platform admins change them in Studio afterwards.

insert into public.categories (slug, name_en, name_ar, description_en, description_ar, icon, color, position) values
  ('production', 'Production', 'الإنتاج',
   'Lines, cycle times, changeovers, capacity.', 'خطوط الإنتاج وأزمنة الدورة وتبديل القوالب والطاقة الإنتاجية.',
   'building-factory-2', 'teal', 1),
  ('maintenance', 'Maintenance', 'الصيانة',
   'Keeping machines running: prevention, spare parts, condition monitoring.', 'إبقاء الآلات عاملة: الوقاية وقطع الغيار ومراقبة الحالة.',
   'tool', 'orange', 2),
  ('quality', 'Quality', 'الجودة',
   'Measuring, SPC, complaints, certificates.', 'القياس والضبط الإحصائي والشكاوى والشهادات.',
   'certificate', 'indigo', 3),
  ('energy', 'Energy and water', 'الطاقة والمياه',
   'Compressed air, heat, cooling, solar, consumption.', 'الهواء المضغوط والحرارة والتبريد والطاقة الشمسية والاستهلاك.',
   'bolt', 'yellow', 4),
  ('automation', 'Automation and data', 'الأتمتة والبيانات',
   'PLC, robots, sensors, dashboards, AI on the shop floor.', 'المتحكمات والروبوتات والحساسات ولوحات المتابعة والذكاء الاصطناعي في الورشة.',
   'robot', 'blue', 5),
  ('supply', 'Supply and logistics', 'الإمداد والخدمات اللوجستية',
   'Suppliers, stock, customs, transport.', 'الموردون والمخزون والجمارك والنقل.',
   'truck-delivery', 'grape', 6),
  ('people', 'People and safety', 'الأفراد والسلامة',
   'Training, shifts, safety, Saudization.', 'التدريب والورديات والسلامة والتوطين.',
   'users-group', 'pink', 7);
