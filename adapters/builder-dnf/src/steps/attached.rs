//! Files of the image that go beside it as well: what `%attachment` names.

use img_kickstart::At;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::workshop::Workshop;

/// Copies files out of an image, by the Python that dnf itself runs on.
///
/// Reads packages and patterns, and says of each, by its number, when nothing came of it or of one of its files. Links
/// are followed as long as they stay inside.
const COPY: &str = "import glob, os, shutil, sys\n\
    root, out = sys.argv[1:]\n\
    top = os.path.realpath(root)\n\
    def owned(name):\n    \
        import rpm\n    \
        rpm.addMacro('_dbpath', '/var/lib/rpm')\n    \
        ts = rpm.TransactionSet(root)\n    \
        ts.setVSFlags(-1)\n    \
        return [root + file for header in ts.dbMatch('name', name) for file in header['filenames']]\n\
    for number, word in enumerate(sys.stdin.read().split('\\0')):\n    \
        files = glob.glob(glob.escape(root) + word) if word.startswith('/') else owned(word)\n    \
        copied = False\n    \
        for file in sorted(files):\n        \
            real = os.path.realpath(file)\n        \
            if not real.startswith(top + '/') or not os.path.isfile(real):\n            \
                continue\n        \
            name = os.path.basename(file)\n        \
            copied = True\n        \
            if name.startswith('.') or os.path.lexists(os.path.join(out, name)):\n            \
                print('taken', number, name)\n        \
            else:\n            \
                shutil.copyfile(real, os.path.join(out, name))\n    \
        if not copied:\n        \
            print('none', number, '')\n";

/// Copies what the plan has attached into the folder of scripts' results; warns about lines that name nothing.
pub(crate) async fn copy(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    if plan.attached.is_empty() {
        return Ok(());
    }
    let known = plan.warnings.len();
    let mut task = shop.task(["/usr/bin/python3", "-I", "-c", COPY]).env("HOME", shop.work.join("home"));
    task.argv.extend([shop.root.clone().into_os_string(), shop.work.join("out").into_os_string()]);
    let words: Vec<_> = plan.attached.iter().map(|attached| attached.name.as_str()).collect();
    task.stdin = words.join("\0").into_bytes();
    task.keep_output = Some(1 << 20);
    let said = shop.must(&task).await?.output;
    for line in String::from_utf8_lossy(&said).lines() {
        let mut words = line.splitn(3, ' ');
        let (what, number, name) = (words.next(), words.next(), words.next().unwrap_or_default());
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let Some(attached) = number.and_then(|number| plan.attached.get(number)) else { continue };
        plan.warnings.push(match what {
            Some("taken") => {
                format!("{}: {name} is not kept beside the image: the name is taken", At(attached.line))
            }
            _ => format!("{}: the image has no package or file {}", At(attached.line), attached.name),
        });
    }
    plan.strictly(known).map_err(Halt::Failed)
}
