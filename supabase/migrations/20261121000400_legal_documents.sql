-- The first terms and privacy notice. What changes later is a new version in a new migration: one that was published stands.

insert into public.legal_documents (kind, version, published_at, text_en, text_ar) values
('terms', 1, '2026-11-21 00:00Z',
$json$[
  {"heading": "What this is", "paragraphs": [
    "P2P Sandbox is a place where people who run industrial companies ask each other and tell each other what worked. “We” are the organization that operates it at this address.",
    "By signing up or accepting an invitation you agree to these terms for yourself and, if you sign up a company, for that company."]},
  {"heading": "Your account", "paragraphs": [
    "An account belongs to one person and is opened with a work address that you can read. Give your real name. Keep your password to yourself; tell us if you think somebody else knows it.",
    "Whoever signs up a company must be allowed to speak for it. The admins of a company decide who belongs to it: they invite, they change roles, and they can end somebody's access."]},
  {"heading": "What you write", "paragraphs": [
    "What you write and upload stays yours. You allow us to store it and to show it to the readers you chose: your own company, or everybody who takes part here. You can take it back at any time; where others have answered, its place in the conversation remains.",
    "Write only what you are allowed to tell. No secrets of other companies, nothing personal about other people without their consent, nothing unlawful, no advertising that pretends to be an answer."]},
  {"heading": "How we treat each other", "paragraphs": [
    "Be exact, be fair, and disagree with the argument and not with the person. Nobody may try to reach what is not meant for them, to collect what others write here by machine, or to disturb the service."]},
  {"heading": "What we may do", "paragraphs": [
    "We may hide what breaks these terms and suspend a person or a company that breaks them badly or again and again. We say why, and we listen to an answer. What admins and moderators do is written to a log that nobody can change."]},
  {"heading": "Advice is not a promise", "paragraphs": [
    "Answers come from other companies, not from us. Check them before you change a machine, a process or a contract. We run the service with care, but we do not promise that it is always there or that what people write is right. Where the law allows it, we answer only for harm that we cause intentionally or by gross negligence."]},
  {"heading": "When you leave", "paragraphs": [
    "You can take a copy of your data and erase your account at any time, under Settings, Privacy. You choose whether what you wrote stays without your name or goes with you."]},
  {"heading": "Changes, and the law", "paragraphs": [
    "When these terms change, we publish a new version and ask you again before you go on. Older versions stay readable. The law of the Kingdom of Saudi Arabia applies."]}
]$json$,
$json$[
  {"heading": "ما هذه المنصة", "paragraphs": [
    "منصة P2P Sandbox مكان يتبادل فيه العاملون في الشركات الصناعية الأسئلة وما نجح معهم. والمقصود بكلمة «نحن» هنا الجهة التي تدير المنصة على هذا العنوان.",
    "بتسجيلك أو قبولك دعوةً فأنت توافق على هذه الشروط عن نفسك، وإن سجّلت شركةً فعن تلك الشركة أيضًا."]},
  {"heading": "حسابك", "paragraphs": [
    "الحساب لشخص واحد، ويُفتح ببريد عمل تستطيع قراءته. اكتب اسمك الحقيقي، واحتفظ بكلمة مرورك لنفسك، وأخبرنا إن ظننت أن غيرك عرفها.",
    "على من يسجّل شركةً أن يكون مخوّلًا بالتحدث باسمها. ومشرفو الشركة هم من يقرّر من ينتمي إليها: يدعون الناس، ويغيّرون الأدوار، ولهم أن ينهوا وصول أي شخص."]},
  {"heading": "ما تكتبه", "paragraphs": [
    "ما تكتبه وترفعه يبقى ملكك، وأنت تأذن لنا بحفظه وعرضه على من اخترتهم من القرّاء: شركتك وحدها، أو كل المشاركين هنا. ولك أن تسحبه متى شئت، فإن كان غيرك قد ردّ عليه بقي مكانه في الحوار.",
    "لا تكتب إلا ما يحق لك قوله: لا أسرار شركات أخرى، ولا معلومات شخصية عن غيرك دون رضاه، ولا ما يخالف النظام، ولا إعلانًا في ثوب إجابة."]},
  {"heading": "كيف نتعامل", "paragraphs": [
    "كن دقيقًا ومنصفًا، وناقش الفكرة لا صاحبها. وليس لأحد أن يحاول الوصول إلى ما لا يخصه، أو أن يجمع ما يكتبه الناس هنا بالآلة، أو أن يعطّل الخدمة."]},
  {"heading": "ما يحق لنا", "paragraphs": [
    "لنا أن نخفي ما يخالف هذه الشروط، وأن نوقف شخصًا أو شركةً عند المخالفة الجسيمة أو المتكررة. نذكر السبب ونسمع الرد. وكل ما يفعله المشرفون يُكتب في سجل لا يستطيع أحد تغييره."]},
  {"heading": "النصيحة ليست ضمانًا", "paragraphs": [
    "الإجابات من شركات أخرى لا منّا، فتحقّق منها قبل أن تغيّر آلةً أو عمليةً أو عقدًا. نحن نشغّل الخدمة بعناية، لكننا لا نضمن توفّرها في كل وقت ولا صحة ما يكتبه الناس. وفي حدود ما يسمح به النظام لا نُسأل إلا عن ضرر نتسبّب فيه عمدًا أو بإهمال جسيم."]},
  {"heading": "إذا غادرت", "paragraphs": [
    "يمكنك في أي وقت أن تأخذ نسخةً من بياناتك وأن تحذف حسابك من صفحة الخصوصية في الإعدادات، وأنت من يختار: أيبقى ما كتبته بلا اسمك أم يُحذف معك."]},
  {"heading": "التعديلات والنظام الواجب التطبيق", "paragraphs": [
    "إذا تغيّرت هذه الشروط نشرنا إصدارًا جديدًا وطلبنا موافقتك قبل أن تتابع، وتبقى الإصدارات السابقة متاحة للقراءة. وتخضع هذه الشروط لأنظمة المملكة العربية السعودية."]}
]$json$),
('privacy', 1, '2026-11-21 00:00Z',
$json$[
  {"heading": "In short", "paragraphs": [
    "We hold what the service needs and nothing to sell. There are no advertisements and no trackers of others. You can see, correct, take and erase what we hold about you, without asking anybody. Responsible is the organization that operates P2P Sandbox at this address."]},
  {"heading": "What we hold", "paragraphs": [
    "Your account: your work address and a hash of your password, from which the password cannot be read. Your profile: names, job title, language, time zone, and whatever you add, such as a picture. Your place in your company, and your role.",
    "What you write and upload, with the times. Your sessions: device, network address and times. Which version of these texts you agreed to, when and from where. A log of administrative acts that names people by a number, and where these acts came from. Which mails we sent you. Counts of how often somebody tried something, which keep guessing at bay."]},
  {"heading": "Why we may", "paragraphs": [
    "To give you the service you signed up for; to keep it safe, which is in the interest of everybody here; and, where neither is enough, because you agreed. The Personal Data Protection Law of the Kingdom of Saudi Arabia applies."]},
  {"heading": "Who sees it", "paragraphs": [
    "Everybody who takes part sees your name, job title, picture and company, and what you wrote for the community. Your company sees what you wrote for your company. Your address is seen by your own company's admins, and by the admins of the platform when they look after an account. Your sessions are seen by you, and the log by admins: those of a company see that company's.",
    "Nobody buys it and nobody gets it for advertising. Those who host the servers and carry the mails for us work on our instructions. Courts and authorities get what the law demands."]},
  {"heading": "How long", "paragraphs": [
    "As long as you have your account. Shorter: a signup that is never confirmed goes after a day; counts of attempts after two days; notices to open pages after about three days; copies of your data after seven days; failed work of our machines after at most 90 days. Ended sessions go at once.",
    "Longer: the log of administrative acts stays, with a number in place of your name, because a company must be able to show who did what. When you are erased, where these acts came from goes too."]},
  {"heading": "When you ask to be erased", "paragraphs": [
    "You have 14 days to change your mind. Then your files, your account, your profile and everything that leads to you are removed. What you wrote stays without your name, or goes too: you choose. Where others answered you, the place of a removed text stays, empty. Words that others wrote about you are theirs; report them if they should not be there.",
    "Backups are kept for at most 35 days and cannot be changed: somebody who was erased can be in one until it is overwritten. If one is ever restored, we erase again what had been erased."]},
  {"heading": "On your device", "paragraphs": [
    "We store there what keeps you signed in, your language, the look you chose and your unsent drafts. Nothing of it follows you to other sites."]},
  {"heading": "Your rights", "paragraphs": [
    "Under Settings you correct your profile, end sessions, take a copy of everything and erase your account. You can withdraw your agreement at any time by leaving. If you think we do wrong, write to us, or complain to the Saudi Data and Artificial Intelligence Authority (SDAIA).",
    "When this notice changes, we publish a new version and show it to you before you go on. Older versions stay readable."]}
]$json$,
$json$[
  {"heading": "باختصار", "paragraphs": [
    "نحتفظ بما تحتاج إليه الخدمة، ولا نبيع شيئًا منه. لا إعلانات هنا ولا أدوات تتبّع لأحد. ولك أن تطّلع على ما نحتفظ به عنك، وأن تصحّحه، وأن تأخذ نسخةً منه، وأن تحذفه، دون أن تستأذن أحدًا. والجهة المسؤولة هي التي تدير منصة P2P Sandbox على هذا العنوان."]},
  {"heading": "ما الذي نحتفظ به", "paragraphs": [
    "حسابك: بريد عملك وبصمة مشفّرة لكلمة مرورك لا يمكن قراءة كلمة المرور منها. وملفك: اسمك ومسمّاك الوظيفي ولغتك ومنطقتك الزمنية وما تضيفه كالصورة. ومكانك في شركتك ودورك فيها.",
    "وما تكتبه وترفعه وأوقاته. وجلساتك: الجهاز وعنوان الشبكة والأوقات. وأي إصدار من هذه النصوص وافقت عليه ومتى ومن أين. وسجل للأعمال الإدارية يشير إلى الأشخاص برقم، ومن أين جرت هذه الأعمال. والرسائل التي أرسلناها إليك. وأعداد المحاولات التي تحمي من التخمين."]},
  {"heading": "على أي أساس", "paragraphs": [
    "لنقدّم لك الخدمة التي سجّلت فيها، ولنحافظ على أمانها لمصلحة الجميع، وبموافقتك حيث لا يكفي هذا ولا ذاك. ويُطبَّق نظام حماية البيانات الشخصية في المملكة العربية السعودية."]},
  {"heading": "من يراه", "paragraphs": [
    "يرى كل المشاركين اسمك ومسمّاك وصورتك وشركتك وما كتبته للمجتمع، وترى شركتك ما كتبته لها. أما بريدك فلا يراه إلا مشرفو شركتك، ومشرفو المنصة عند عنايتهم بالحسابات. وجلساتك تراها أنت، والسجل يراه المشرفون: لمشرفي كل شركة سجلّها.",
    "لا يشتريه أحد ولا يصل إلى أحد لغرض الإعلان. ومن يستضيف الخوادم أو ينقل البريد لنا يعمل بتعليماتنا. وتأخذ المحاكم والجهات المختصة ما يوجبه النظام."]},
  {"heading": "إلى متى", "paragraphs": [
    "ما دام حسابك قائمًا. وأقصر من ذلك: التسجيل الذي لم يُؤكَّد يزول بعد يوم، وأعداد المحاولات بعد يومين، والإشعارات إلى الصفحات المفتوحة بعد نحو ثلاثة أيام، ونسخ بياناتك بعد سبعة أيام، وما تعثّر من أعمال خوادمنا بعد 90 يومًا على الأكثر. والجلسة المنتهية تزول فورًا.",
    "وأطول من ذلك: يبقى سجل الأعمال الإدارية وفيه رقم مكان اسمك، لأن على الشركة أن تستطيع بيان من فعل ماذا. وعند حذف حسابك يُحذف أيضًا من أين جرت تلك الأعمال."]},
  {"heading": "إذا طلبت الحذف", "paragraphs": [
    "لديك 14 يومًا لتعدل عن رأيك، ثم تُحذف ملفاتك وحسابك وملفك الشخصي وكل ما يدل عليك. أما ما كتبته فإما أن يبقى بلا اسمك وإما أن يُحذف معك، والخيار لك. وإذا كان غيرك قد ردّ عليك بقي مكان النص المحذوف فارغًا. وما كتبه غيرك عنك فهو له، فأبلغ عنه إن لم يكن في محله.",
    "نحتفظ بالنسخ الاحتياطية 35 يومًا على الأكثر ولا يمكن تعديلها، فقد يبقى من حُذفت بياناته في إحداها حتى تُستبدل. وإن استُعيدت نسخة يومًا أعدنا حذف ما كان محذوفًا."]},
  {"heading": "على جهازك", "paragraphs": [
    "نحفظ عليه ما يبقيك مسجَّل الدخول، ولغتك، والمظهر الذي اخترته، ومسوداتك التي لم ترسلها. ولا شيء من ذلك يتبعك إلى مواقع أخرى."]},
  {"heading": "حقوقك", "paragraphs": [
    "من الإعدادات تصحّح ملفك، وتنهي جلساتك، وتأخذ نسخةً من كل شيء، وتحذف حسابك. ولك أن تسحب موافقتك متى شئت بالمغادرة. وإن رأيت أننا أخطأنا فاكتب إلينا، أو اشتكِ إلى الهيئة السعودية للبيانات والذكاء الاصطناعي «سدايا».",
    "وإذا تغيّر هذا البيان نشرنا إصدارًا جديدًا وعرضناه عليك قبل أن تتابع، وتبقى الإصدارات السابقة متاحة للقراءة."]}
]$json$);
