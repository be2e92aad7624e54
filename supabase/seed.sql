/*
 * The demo world: four companies, seven people, conversations in Arabic and
 * English. For trying things out, never for production. It is made through
 * the same doors people use: signing up, opening topics, answering.
 *
 * Everybody's password is  sandbox-demo-2026 . The people are invented.
 */

create function pg_temp.document(variadic paragraphs text[]) returns jsonb language sql as $$
  select jsonb_build_object('type', 'doc', 'content', jsonb_agg(
    case
      -- "- a\n- b" is a list, everything else a paragraph.
      when paragraph like '- %' then (
        select jsonb_build_object('type', 'bulletList', 'content', jsonb_agg(
          jsonb_build_object('type', 'listItem', 'content', jsonb_build_array(jsonb_build_object(
            'type', 'paragraph', 'content', jsonb_build_array(
              jsonb_build_object('type', 'text', 'text', ltrim(line, '- '))))))))
        from regexp_split_to_table(paragraph, '\n') as line)
      else jsonb_build_object('type', 'paragraph', 'content',
        jsonb_build_array(jsonb_build_object('type', 'text', 'text', paragraph)))
    end order by place))
  from unnest(paragraphs) with ordinality as given (paragraph, place)
$$;

create function pg_temp.person(
  email text, first_name text, last_name text, job_title text, organization text, locale text, colleague_of text default null)
returns void language plpgsql as $$
declare
  person_id uuid := gen_random_uuid();
  founded uuid;
begin
  insert into auth.users (
    id, instance_id, aud, role, email, encrypted_password, email_confirmed_at,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at,
    confirmation_token, recovery_token, email_change, email_change_token_new, email_change_token_current,
    phone_change, phone_change_token, reauthentication_token)
  values (
    person_id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
    -- A company's domain admits only its founder: a colleague comes in by another and is moved below.
    case when colleague_of is null then email else person_id || '@gmail.com' end, extensions.crypt('sandbox-demo-2026', extensions.gen_salt('bf', 10)), now(),
    '{"provider": "email", "providers": ["email"]}',
    jsonb_build_object('first_name', first_name, 'last_name', last_name, 'organization_name', organization, 'locale', locale),
    now(), now(), '', '', '', '', '', '', '', '');
  insert into auth.identities (id, provider, provider_id, user_id, identity_data, last_sign_in_at, created_at, updated_at)
  values (gen_random_uuid(), 'email', person_id, person_id,
    jsonb_build_object('sub', person_id, 'email', email, 'email_verified', true), now(), now(), now());
  -- What follows is done in this person's name, so they are in.
  insert into auth.sessions (id, user_id, aal, created_at, updated_at)
  values (person_id, person_id, 'aal1', now(), now());
  update public.profiles set job_title = person.job_title where id = person_id;
  insert into public.consents (user_id, document_id) select person_id, id from public.legal_documents;

  if colleague_of is not null then
    select organization_id into founded from public.memberships where user_id = person_id;
    update public.memberships set role = 'member', organization_id = (
      select memberships.organization_id from public.memberships
      join auth.users on users.id = memberships.user_id where users.email = colleague_of)
    where user_id = person_id;
    delete from public.organizations where id = founded;
    update auth.users set email = person.email where id = person_id;
  end if;
end;
$$;

create function pg_temp.act_as(person_email text) returns void language sql as $$
  select set_config('request.jwt.claims', jsonb_build_object(
    'role', 'authenticated', 'sub', id, 'session_id', id)::text, true)
  from auth.users where email = person_email
$$;

-- What a company says of itself, by its admin.
create function pg_temp.company(by text, profile jsonb) returns void language plpgsql as $$
begin
  perform pg_temp.act_as(by);
  perform public.update_organization(profile, 1);
end;
$$;

create function pg_temp.topic(by text, category text, title text, ago interval, body jsonb, visibility public.visibility default 'community')
returns uuid language plpgsql as $$
declare
  topic uuid;
begin
  perform pg_temp.act_as(by);
  topic := public.open_topic(category, title, body, visibility);
  update public.posts set created_at = now() - ago where topic_id = topic;
  update public.topics set created_at = now() - ago, last_post_at = now() - ago,
    trend = private.topic_trend(vote_count, reply_count, now() - ago)
  where id = topic;
  return topic;
end;
$$;

create function pg_temp.answer(by text, topic uuid, ago interval, body jsonb, parent uuid default null)
returns uuid language plpgsql as $$
declare
  post uuid;
begin
  perform pg_temp.act_as(by);
  post := public.reply(topic, body, parent) ->> 'id';
  update public.posts set created_at = now() - ago where id = post;
  update public.topics set last_post_at = now() - ago where id = topic;
  return post;
end;
$$;

do $$
declare
  topic uuid;
  post uuid;
begin
  perform pg_temp.person('noura@najd-castings.example', 'نورة', 'القحطاني', 'مديرة الإنتاج', 'مسبوكات نجد', 'ar');
  perform pg_temp.person('fahad@najd-castings.example', 'فهد', 'الدوسري', 'مهندس جودة', 'انتقال', 'ar', 'noura@najd-castings.example');
  perform pg_temp.person('omar@jubail-polymers.example', 'Omar', 'Haddad', 'Plant manager', 'Jubail Polymers', 'en');
  perform pg_temp.person('lina@jubail-polymers.example', 'Lina', 'Farouk', 'Maintenance lead', 'Moving', 'en', 'omar@jubail-polymers.example');
  perform pg_temp.person('salman@hijaz-foods.example', 'سلمان', 'باوزير', 'المدير العام', 'أغذية الحجاز', 'ar');
  perform pg_temp.person('priya@eastern-packaging.example', 'Priya', 'Menon', 'Operations director', 'Eastern Packaging', 'en');
  perform pg_temp.person('admin@p2p-sandbox.example', 'Reem', 'Al-Harbi', 'Community manager', 'P2P Sandbox', 'en');
  insert into public.platform_roles (user_id, role)
  select id, 'admin' from auth.users where email = 'admin@p2p-sandbox.example';

  perform pg_temp.company('noura@najd-castings.example', jsonb_build_object(
    'name_ar', 'مصنع مسبوكات نجد', 'industry', '24', 'size', 'small', 'city_id', 108410, 'website', 'https://najd-castings.example/',
    'about', 'نسبك الحديد الرمادي والألمنيوم لمضخات المياه وصناديق التروس منذ عام 1998. اثنان وأربعون شخصًا وفرنان حثيان.'));
  perform pg_temp.company('omar@jubail-polymers.example', jsonb_build_object(
    'name_ar', 'بوليمرات الجبيل', 'industry', '22', 'size', 'medium', 'city_id', 109435, 'website', 'https://jubail-polymers.example/',
    'about', 'Pipes and fittings of PE and PP for water and gas. Four extrusion lines, our own mould shop, 180 people.'));
  perform pg_temp.company('salman@hijaz-foods.example', jsonb_build_object(
    'name_ar', 'أغذية الحجاز', 'industry', '10', 'size', 'medium', 'city_id', 105343));
  perform pg_temp.company('priya@eastern-packaging.example', jsonb_build_object(
    'name_ar', 'الشرقية للتغليف', 'industry', '17', 'size', 'large', 'city_id', 110336,
    'about', 'Corrugated boxes for food and chemicals, from two plants in Dammam.'));

  topic := pg_temp.topic('admin@p2p-sandbox.example', 'people', 'Welcome: how to ask so that others can help · أهلًا بكم: كيف تسأل ليساعدك الآخرون', interval '21 days',
    pg_temp.document(
      'Say what you make, on which machine, what you have tried and what you measured. A number is worth more than an adjective.',
      'اكتب ما الذي تنتجه وعلى أي آلة، وما الذي جرّبته وما الذي قسته. رقم واحد خير من وصف طويل.',
      E'- Process and machine\n- What you tried\n- What you measured, before and after'));
  update public.topics set pinned_in = 'forum', pinned_at = now() where id = topic;

  topic := pg_temp.topic('noura@najd-castings.example', 'quality', 'مسامية الغاز في مصبوبات الألمنيوم بعد تغيير المورد', interval '9 days',
    pg_temp.document(
      'منذ أن غيّرنا مورد السبائك ارتفعت نسبة المرفوض بسبب المسامية من 2.1% إلى 4.8% في غطاء المضخة. ضغط الصب 800 بار وحرارة المعدن 690 درجة.',
      'هل جرّب أحدكم إزالة الغاز بالنيتروجين بدل الأرغون؟ وكم كان الزمن؟'));
  post := pg_temp.answer('omar@jubail-polymers.example', topic, interval '8 days 20 hours',
    pg_temp.document('We cast our own moulds. Nitrogen worked for us, but only with a graphite rotor at 400 rpm for 8 minutes; at 5 minutes there was no difference. Measure the density index before and after, otherwise you are guessing.'));
  perform pg_temp.answer('noura@najd-castings.example', topic, interval '8 days 4 hours',
    pg_temp.document('شكرًا. ما قيمة معامل الكثافة التي تقبلونها قبل الصب؟'), post);
  perform pg_temp.answer('omar@jubail-polymers.example', topic, interval '8 days',
    pg_temp.document('Below 1.5 % we pour. Between 1.5 and 3 we degas again. Above 3 we stop and look at the furnace.'), post);
  perform pg_temp.answer('salman@hijaz-foods.example', topic, interval '6 days',
    pg_temp.document('لسنا مسبكًا، لكن موردنا لقطع الخلاطات واجه الأمر نفسه وكان السبب رطوبة الخردة المعادة. التجفيف عند 150 درجة لساعتين أنهى المشكلة.'));

  topic := pg_temp.topic('priya@eastern-packaging.example', 'energy', 'Compressed air: what did your leak survey really save?', interval '5 days',
    pg_temp.document(
      'Our compressors use 31 % of our electricity. An ultrasonic survey costs SAR 14,000. Before I sign, I would like numbers from people who have done it, not from people who sell it.',
      E'- Size of the network and pressure\n- Leaks found, and how many were still closed after a year\n- kWh before and after'));
  post := pg_temp.answer('lina@jubail-polymers.example', topic, interval '4 days 18 hours',
    pg_temp.document('1.2 km at 7.2 bar, 143 leaks. We closed 118 in six weeks and saved 11 % of compressor energy. After a year 40 % of them were back, all at quick couplings: buy better couplings first.'));
  perform pg_temp.answer('priya@eastern-packaging.example', topic, interval '4 days 12 hours',
    pg_temp.document('That is the answer I was looking for. Which couplings did you change to?'), post);
  perform pg_temp.answer('fahad@najd-castings.example', topic, interval '2 days',
    pg_temp.document('خفضنا الضغط من 7.5 إلى 6.4 بار قبل أي مسح، ووفّرنا 8% من الكهرباء بلا تكلفة. ابدؤوا بهذا.'));

  topic := pg_temp.topic('salman@hijaz-foods.example', 'automation', 'أول روبوت لتصفيف الكراتين: هل نشتري أم نستأجر؟', interval '3 days',
    pg_temp.document(
      'خط واحد، 14 كرتونة في الدقيقة، ورديتان. عرض الشراء 310 آلاف ريال وعرض الإيجار 11 ألفًا في الشهر.',
      'من سبقنا إلى هذا: كم استغرق التشغيل؟ ومن يصونه؟'));
  perform pg_temp.answer('priya@eastern-packaging.example', topic, interval '2 days 3 hours',
    pg_temp.document('We rented for twelve months and then bought the same cell. Renting taught us that our pallets were the problem, not the robot. Commissioning took nine days, six of them on pallets.'));

  topic := pg_temp.topic('lina@jubail-polymers.example', 'maintenance', 'Vibration sensors on small gearboxes — worth it below 15 kW?', interval '26 hours',
    pg_temp.document('We have 60 gearboxes between 4 and 15 kW. Sensors cost about SAR 900 each a year with the platform. A failed gearbox costs us SAR 6,000 and four hours. Has anybody done the sum over two years or more?'));
  perform pg_temp.answer('noura@najd-castings.example', topic, interval '5 hours',
    pg_temp.document('حسبناها لسنتين: تستحق فقط للتي لا بديل لها على الخط. لدينا 9 من 52 وفّرت ثمنها، والباقي نفحصه بجهاز يدوي كل شهر.'));

  perform pg_temp.topic('omar@jubail-polymers.example', 'production', 'Night shift changeovers: our own standard', interval '30 hours',
    pg_temp.document('For our own people only: please put your changeover times here until Thursday.'), 'organization');

  perform pg_temp.act_as('noura@najd-castings.example');
  perform public.invite_people(
    '[{"email": "sara@najd-castings.example", "name": "سارة العتيبي"}, {"email": "majed@najd-castings.example", "name": "ماجد الشهري"}]',
    'member', 'ar', 'ننتظرك هنا: اكتب أول سؤال عن خط السباكة الجديد.');
  perform pg_temp.act_as('omar@jubail-polymers.example');
  perform public.invite_people('[{"email": "hana@jubail-polymers.example", "name": "Hana Idris"}]', 'admin', 'en');
  perform public.request_to_join(
    'yousef@jubail-polymers.example', 'Yousef', 'Karam', 'en', 'I run the night shift in extrusion. Omar knows me.');

  perform set_config('request.jwt.claims', '', true);
  delete from auth.sessions;
end;
$$;

-- What a good question about a machine needs, and words to find topics by.
update public.categories set template = '[
  {"key": "machine", "label_en": "Machine", "label_ar": "الآلة", "help_en": "Maker, model, year.", "help_ar": "الصانع والطراز والسنة.", "required": true},
  {"key": "symptom", "label_en": "What do you notice?", "label_ar": "ماذا تلاحظ؟", "help_en": "Since when, how often, under which load.", "help_ar": "منذ متى، وكم مرة، وتحت أي حمل.", "required": true},
  {"key": "tried", "label_en": "What have you tried?", "label_ar": "ماذا جرّبت؟", "help_en": "", "help_ar": "", "required": false}]'
where slug = 'maintenance';

insert into public.tags (slug, name_en, name_ar, synonyms) values
  ('casting', 'Casting', 'سباكة', '{foundry,مسبك,die casting}'),
  ('compressed-air', 'Compressed air', 'هواء مضغوط', '{air leaks,كباسات}'),
  ('condition-monitoring', 'Condition monitoring', 'مراقبة الحالة', '{vibration,اهتزاز}'),
  ('robots', 'Robots', 'روبوتات', '{cobots,أذرع آلية}'),
  ('changeover', 'Changeover', 'تبديل القوالب', '{smed,set-up time}');
update public.topics set tags = case
  when title like 'مسامية%' then array['casting']
  when title like 'Compressed air%' then array['compressed-air']
  when title like 'Vibration%' then array['condition-monitoring']
  when title like 'أول روبوت%' then array['robots']
  else tags end;
update public.topics set template_answers =
  '{"machine": "SEW and Flender gearboxes, 4–15 kW, 2009–2021", "symptom": "Bearings fail without warning, about five a year.", "tried": "A round with a hand-held meter every month; it finds half of them."}'
where title like 'Vibration%';

-- Nobody is welcomed to a demo.
delete from pgboss.job where name = 'identity.send-welcome-mail';
