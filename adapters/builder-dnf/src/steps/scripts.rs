//! Runs the scripts of the kickstart.

use img_kickstart::At;
use std::ffi::OsString;
use std::path::PathBuf;

use child::{Status, Task};

use crate::halt::Halt;
use crate::inside::{self, Inside};
use crate::plan::{LogFile, Program, strictly};
use crate::report;
use crate::workshop::Workshop;

/// Runs scripts in order; a failure counts only where the kickstart says so, or for the strict.
pub(crate) async fn run(
    shop: &Workshop<'_>,
    programs: &[Program],
    strict: bool,
    warnings: &mut Vec<String>,
) -> Result<(), Halt> {
    let resolver = if programs.iter().any(|program| program.chrooted) {
        Some(Resolver::lend(shop).await?)
    } else {
        None
    };
    for (number, program) in programs.iter().enumerate() {
        let title = format!("running {} ({})", program.section, At(program.line));
        shop.step(&title, None);
        let new = run_one(shop, program, number).await?;
        strictly(strict, new.as_slice()).map_err(Halt::Failed)?;
        warnings.extend(new);
    }
    match resolver {
        Some(resolver) => resolver.take_back(shop).await,
        None => Ok(()),
    }
}

/// Runs one script; a failure that does not count comes back as a warning.
async fn run_one(shop: &Workshop<'_>, program: &Program, number: usize) -> Result<Option<String>, Halt> {
    let Program { section, line, .. } = program;
    // Beside the image, or inside where a chrooted script finds it.
    let name = format!("img-script-{number}");
    let file = if program.chrooted {
        shop.inside(&format!(".{name}"))
    } else {
        shop.work.join("scripts").join(&name)
    };
    if shop.on_host(&file).symlink_metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Halt::failed(format!("a script put a folder in the place of the next one, /.{name}")));
    }
    shop.write(&file, "0700", &program.text).await?;
    let mut argv: Vec<OsString> = Vec::new();
    if program.chrooted {
        argv.extend(["chroot".into(), shop.root.clone().into_os_string()]);
    }
    argv.extend(program.interpreter.iter().map(OsString::from));
    argv.push(if program.chrooted { format!("/.{name}").into() } else { file.clone().into() });
    let task = surroundings(shop, program, shop.of_others(shop.task(argv)));
    let said = shop.run(&task, &|_| {}).await?;
    shop.tool("rm", ["-f".into(), "--".into(), file.into_os_string()]).await?;
    if shop.is_in_memory() && said.lines.iter().any(|line| report::is_full(line)) {
        return Err(shop.full(None)); // also of a script that goes on: what it wrote is not all there
    }
    keep_log(shop, program, &said.lines).await?;
    if said.ended.well() {
        return Ok(None);
    }
    let status = said.ended.status;
    let lacks = match status {
        Status::Exited(126 | 127) if said.ended.tail.contains("failed to run command") => program.chrooted,
        Status::Exited(1) if said.ended.tail.contains("bwrap: execvp ") => !program.chrooted,
        _ => false,
    };
    if lacks {
        let interpreter = program.interpreter.first().map_or("", String::as_str);
        let why = match program.chrooted {
            true => format!("cannot run: the image has no {interpreter}; install a package that brings it"),
            false => format!(
                "cannot run: the machine that builds has no {interpreter}; such a script needs a program of that machine"
            ),
        };
        return Err(Halt::Failed(format!("{section} ({line}) {why}", line = At(*line))));
    }
    if program.fatal && report::is_full(&said.ended.tail) {
        return Err(shop.full(None));
    }
    let why = shop.limits().starved(&said.ended.tail).map(|why| format!("; {why}")).unwrap_or_default();
    if program.fatal {
        return Err(Halt::Failed(format!(
            "{section} ({line}) failed with {status}; the log says what it printed{why}",
            line = At(*line)
        )));
    }
    let warning = format!(
        "{line}: {section} ended with {status}, which counts only with --erroronfail{why}",
        line = At(*line)
    );
    shop.note(&warning);
    Ok(Some(warning))
}

/// Gives a script its environment.
pub(crate) fn surroundings(shop: &Workshop<'_>, program: &Program, mut task: Task) -> Task {
    for (name, value) in &shop.request.tokens {
        let usable = !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0');
        if usable {
            task = task.env(name, value);
        }
    }
    task =
        task.env("IMG_NAME", shop.request.name.as_str()).env("IMG_IMAGE_ID", shop.request.image_id.as_str());
    task = task.env("HOME", "/root");
    if program.chrooted {
        task.sight.furnished.push(shop.root.clone());
        task.cwd = "/".into();
    } else {
        task = task.env("IMG_OUT_DIR", shop.work.join("out")).env("HOME", "/tmp");
        if program.sees_image {
            // Kickstarts written for the installer of Fedora know the image by its path there.
            task.sight.writes.push(shop.shown(&shop.root, "/mnt/sysimage"));
            task = task.env("INSTALL_ROOT", &shop.root);
        }
    }
    task.sight.network.clone_from(&shop.reach.scripts);
    task
}

/// Writes what a script printed to the file its `--log` names.
async fn keep_log(shop: &Workshop<'_>, program: &Program, lines: &[String]) -> Result<(), Halt> {
    let text = lines.join("\n") + "\n";
    match &program.log {
        None => Ok(()),
        Some(LogFile::Beside(path)) => shop.write(path, "0600", &text).await,
        Some(LogFile::Inside(path)) => {
            let set = |inside: &mut Inside| {
                inside.set_as(path, text.as_str(), 0o600, (0, 0));
                Ok(())
            };
            inside::change(shop, set).await
        }
    }
}

/// The way to find names, lent to an image while its scripts run.
struct Resolver {
    had: Option<String>,
    /// Where tools see the file that was lent.
    lent: PathBuf,
}

const FILE: &str = "/etc/resolv.conf";
const KEPT: &str = "resolv.conf.kept";
const LENT: &str = "resolv.conf.lent";

impl Resolver {
    async fn lend(shop: &Workshop<'_>) -> Result<Resolver, Halt> {
        let (ours, kept) = (shop.inside(FILE), shop.work.join(KEPT));
        let had = shop
            .ask(["mv".into(), "-T".into(), "--".into(), ours.clone().into_os_string(), kept.into()])
            .await?;
        let lent = match shop.resolver() {
            None => PathBuf::from(FILE),
            Some(text) => {
                let file = shop.work.join(LENT);
                shop.write(&file, "0644", &text).await?;
                file
            }
        };
        let words: [OsString; 4] = ["-L".into(), "--".into(), lent.clone().into(), ours.into()];
        shop.ask([OsString::from("cp")].into_iter().chain(words)).await?;
        Ok(Resolver { had, lent })
    }

    async fn take_back(self, shop: &Workshop<'_>) -> Result<(), Halt> {
        let (ours, kept) = (shop.inside(FILE), shop.work.join(KEPT));
        // A script that made its own keeps it: only what was lent is taken back.
        let lent = shop
            .ask(["cmp".into(), "-s".into(), "--".into(), self.lent.into_os_string(), ours.clone().into()])
            .await?;
        match (lent, self.had) {
            (None, _) => Ok(()),
            (Some(_), Some(_)) => {
                let back = ["-T".into(), "--".into(), kept.into_os_string(), ours.into()];
                shop.tool("mv", back).await.map(|_| ())
            }
            (Some(_), None) => {
                shop.tool("rm", ["-f".into(), "--".into(), ours.into_os_string()]).await.map(|_| ())
            }
        }
    }
}
