//! How the image finds out who somebody is: `auth`, `authconfig` and `authselect`, whose words go to a program of the image.

use std::ffi::OsString;

use child::Status;
use img_kickstart::At;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::workshop::{Said, Workshop};

/// The program of each command, with what an installer says besides: nothing is started, and nothing asked.
const PROGRAMS: &[(&[&str], &str, &[&str])] = &[
    (&["auth", "authconfig"], "/usr/sbin/authconfig", &["--update", "--nostart"]),
    (&["authselect"], "/usr/bin/authselect", &["--force"]),
];

/// Runs the program for the last line of each kind; warns where the image has none, or it fails.
pub(crate) async fn apply(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    for (commands, program, always) in PROGRAMS {
        let lines = plan.kickstart.commands().filter(|command| commands.contains(&command.name()));
        let Some((line, words)) = lines.last().map(|command| {
            let words =
                command.arguments().plain.iter().map(|word| OsString::from(word.text.as_ref())).collect();
            (command.line, words)
        }) else {
            continue;
        };
        let words: Vec<OsString> = words;
        let mut task = shop.task(["chroot".into(), shop.root.clone().into_os_string(), program.into()]);
        task.argv.extend(words.into_iter().chain(always.iter().map(OsString::from)));
        task.sight.furnished.push(shop.root.clone());
        task.cwd = "/".into();
        shop.note(&format!("running {program} ({})", At(line)));
        let Said { ended, .. } = shop.run(&task, &|_| {}).await?;
        match ended.status {
            Status::Exited(0) => {}
            Status::Exited(127) => plan.warnings.push(format!("{}: the image has no {program}", At(line))),
            status => plan
                .warnings
                .push(format!("{}: {program} ended with {status}; the log says what it printed", At(line))),
        }
    }
    Ok(())
}
