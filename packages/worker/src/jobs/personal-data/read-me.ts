const en = `P2P SANDBOX - A COPY OF YOUR DATA

This archive holds everything that P2P Sandbox holds about you, as it was when you asked.

  data/      a file for each subject, in JSON: any text editor opens it
  files/     the files you uploaded and the pictures made of them; files/posts are those of what you wrote, under the
             names you gave them, and of each picture the largest that we keep
  manifest.json  what is in here, and how much of it

Times are in UTC. Left out is only what would open a door (the hash of your password, tokens, secrets of your second
factor) and what belongs to other people. Posts you had deleted are among your posts, until your account is erased.

Keep it somewhere safe: whoever has this file knows what is in it. To correct something, open Settings.
`

const ar = `منصة P2P Sandbox - نسخة من بياناتك

في هذا الأرشيف كل ما تحتفظ به منصة P2P Sandbox عنك، كما كان حين طلبته.

  data/      ملف لكل موضوع بصيغة JSON، يفتحه أي محرر نصوص
  files/     الملفات التي رفعتها والصور التي صُنعت منها، وفي files/posts ملفات ما كتبته بأسمائها التي سميتها بها،
             ومن كل صورة أكبر نسخة نحتفظ بها
  manifest.json  ما في الأرشيف وعدد ما في كل ملف

الأوقات بالتوقيت العالمي UTC. ولم يُستبعد إلا ما يفتح بابًا (بصمة كلمة مرورك والرموز وأسرار عاملك الثاني) وما يخص غيرك.
والمشاركات التي حذفتها موجودة بين مشاركاتك إلى أن يُحذف حسابك.

احفظ هذا الملف في مكان آمن، فمن يملكه يعرف ما فيه. ولتصحيح شيء افتح الإعدادات.
`

/** Says in both languages what is in the archive; with a byte order mark, for editors that would guess wrongly. */
export const readMe = `\uFEFF${en}\n${'-'.repeat(72)}\n\n${ar}`
