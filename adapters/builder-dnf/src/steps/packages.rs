//! Installs the packages.
//!
//! In two runs of dnf: the first downloads into the shared cache and runs nothing of the packages; the second installs
//! and runs their scriptlets, and sees the cache read-only.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use img_kickstart::At;

use child::{Place, Shown, Task};

use crate::argv::{Dnf, rpm_macros};
use crate::halt::Halt;
use crate::inside::{self, Entry};
use crate::memory::room as room_in_memory;
use crate::plan::{Form, Into, Pack, Plan, Source, without_password};
use crate::report;
use crate::room;
use crate::steps::{cache, installed, recorded};
use crate::workshop::{Said, Workshop};

/// Where tools see the shared cache.
const CACHE: &str = "/cache";

/// Downloads and installs what the plan wants.
pub(crate) async fn install(
    shop: &Workshop<'_>,
    plan: &mut Plan,
    cache: &Path,
    place: &dyn Place,
    memory: u8,
) -> Result<(), Halt> {
    configure(shop, plan).await?;
    let folders = repositories(&plan.sources)?;
    let lock = cache::take(cache, place).await?;
    let slot = lock.as_ref().map(|slot| Shown::at(&slot.folder, CACHE));
    let own_cache = shop.work.join("packages");
    let shared = slot.as_ref().map_or(&own_cache, |slot| &slot.at).clone();
    let dnf = |cache| Dnf { work: &shop.work, root: &shop.root, cache, arch: shop.request.arch };

    shop.step("resolving and downloading packages", None);
    let mut task = dnf_task(shop, plan, dnf(&shared).download(&plan.wanted));
    task.sight.reads = folders.clone();
    task.sight.writes.extend(slot.clone());
    task.sight.network = shop.reach.of_dnf(&plan.sources);
    let hear = |line: &str| {
        if let Some(done_of) = report::downloaded(line) {
            shop.step("resolving and downloading packages", Some(done_of));
        }
    };
    let said = shop.run(&task, &hear).await?;
    judge(shop, &said, plan, lock.as_ref().map(|slot| slot.folder.as_path()))?;
    if let Some(reason) = report::left_out(&said.lines, &plan.wanted, shop.request.arch) {
        return Err(Halt::Failed(reason));
    }
    check_room(shop, &said, plan)?;
    // A folder is not copied out again, since its files belong to users of the image.
    let stays = matches!(plan.form, Form::Fs(Pack { into: Into::Folder, .. })) || lock.is_none();
    if let Some(room) = needed_room(&said, plan)
        .and_then(|needed| room_in_memory(needed, memory, shop.limits()))
        .filter(|_| !stays)
    {
        shop.move_into_memory(room).await?;
    }

    shop.step("installing packages", None);
    if let Some(slot) = &slot {
        // Links to the cache look like a cache: dnf locks and writes here, and reads packages there.
        let mut task = shop.task(["cp", "-rs", "--"]);
        task.argv.extend([slot.at.join(".").into(), own_cache.clone().into()]);
        task.sight.reads.push(slot.clone());
        shop.must(&task).await?;
    }
    let hear = |line: &str| {
        if let Some(done_of) = report::installed(line) {
            shop.step("installing packages", Some(done_of));
        }
    };
    let first = (!plan.wanted.first.is_empty()).then_some(&plan.wanted.first);
    let mut said = Vec::new();
    for names in first.into_iter().chain([&plan.wanted.names]) {
        let mut task = dnf_task(shop, plan, dnf(&own_cache).install_downloaded(&plan.wanted, names));
        task.sight.reads.clone_from(&folders);
        task.sight.reads.extend(slot.clone());
        task.sight.furnished.push(shop.root.clone());
        let run = shop.run(&task, &hear).await?;
        judge(shop, &run, plan, None)?;
        said.extend(run.lines);
    }
    plan.warnings.extend(report::warnings(&said, &plan.wanted));
    let known = plan.warnings.len();
    plan.warnings.extend(report::failed_scriptlets(&said));
    plan.strictly(known).map_err(Halt::Failed)?;
    if plan.records.url {
        let argv = |names: &[String]| dnf(&own_cache).locations(names);
        let urls = origins(shop, plan, &argv, &folders, slot.as_ref()).await?;
        plan.lists.push((".urls", urls));
    }
    mount_points(shop).await
}

/// Asks dnf where each installed package is to be had; an address a line, in their order.
async fn origins(
    shop: &Workshop<'_>,
    plan: &Plan,
    argv: &(dyn Fn(&[String]) -> Vec<OsString> + Sync),
    folders: &[Shown],
    slot: Option<&Shown>,
) -> Result<String, Halt> {
    let installed = installed::list(shop).await?.unwrap_or_default();
    let names: Vec<_> = installed.iter().map(recorded::full_name).collect();
    let mut task = dnf_task(shop, plan, argv(&names));
    task.sight.reads = folders.iter().chain(slot).cloned().collect();
    task.keep_output = Some(installed::LARGEST);
    let said = shop.quietly(&task).await?.output;
    Ok(addresses(&String::from_utf8_lossy(&said), &plan.sources))
}

/// Sorts addresses; those of this machine are where its people know them, and none has a password.
fn addresses(said: &str, sources: &[Source]) -> String {
    let mut lines: Vec<String> = said
        .lines()
        .filter(|line| line.contains(":/"))
        .map(|line| {
            let here = sources.iter().find_map(|source| {
                let shown = format!("file://{}/", source.shown_at().display());
                Some(format!("file://{}/{}", source.folder()?.display(), line.strip_prefix(&shown)?))
            });
            here.unwrap_or_else(|| without_password(line))
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

async fn configure(shop: &Workshop<'_>, plan: &Plan) -> Result<(), Halt> {
    let sections: Vec<_> = plan.sources.iter().map(Source::section).collect();
    let mut files: BTreeMap<_, _> = [
        ("/home/.rpmmacros".into(), Entry::text(rpm_macros(&plan.wanted), 0o644)),
        ("/dnf.conf".into(), Entry::text(format!("[main]\n{}", sections.join("\n")), 0o600)),
    ]
    .into();
    for source in &plan.sources {
        if let Some(key) = key(source)? {
            let at = source.key_shown_at();
            let below = at.strip_prefix(&shop.work).unwrap_or(&at);
            files.insert(Path::new("/").join(below), Entry::text(key, 0o644));
        }
    }
    inside::put(shop, &shop.work, &files).await
}

/// Reads the key of a repository that is a file of this machine.
///
/// It is copied, and only when it is a key: whoever writes a kickstart shall not read other files of this machine.
fn key(source: &Source) -> Result<Option<String>, Halt> {
    let Some(file) = source.key_file() else { return Ok(None) };
    let Source { name, line, .. } = source;
    let wrong = |why: String| Halt::Failed(format!("repository {name} ({line}): {why}", line = At(*line)));
    let shown = file.display();
    let text = std::fs::read_to_string(&file)
        .map_err(|error| wrong(format!("its key {shown} cannot be read here: {error}")))?;
    if text.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
        return Ok(Some(text));
    }
    Err(wrong(format!("{shown} is no key: it should hold a PGP PUBLIC KEY BLOCK")))
}

/// Returns the folders of repositories on this machine; only what is a repository is shown to a build.
fn repositories(sources: &[Source]) -> Result<Vec<Shown>, Halt> {
    let local = sources.iter().filter_map(|source| source.folder().map(|folder| (source, folder)));
    let folders = local.map(|(source, folder)| {
        if folder.join("repodata/repomd.xml").is_file() {
            return Ok(Shown::at(folder, source.shown_at()));
        }
        let Source { name, line, .. } = source;
        let folder = folder.display();
        Err(Halt::Failed(format!(
            "repository {name} ({line}): there is no repository in {folder}",
            line = At(*line)
        )))
    });
    folders.collect()
}

fn dnf_task(shop: &Workshop<'_>, plan: &Plan, argv: Vec<OsString>) -> Task {
    let hides = plan.sources.iter().flat_map(Source::passwords).collect();
    Task { hides, ..shop.of_others(shop.task(argv)).env("HOME", shop.work.join("home")) }
}

/// Says why dnf failed; `writes` is the folder of downloaded packages, where it wrote there.
fn judge(shop: &Workshop<'_>, said: &Said, plan: &Plan, writes: Option<&Path>) -> Result<(), Halt> {
    if said.ended.well() {
        return Ok(());
    }
    if said.lines.iter().any(|line| report::is_full(line)) {
        let needed = needed_room(said, plan);
        return Err(writes.map_or_else(|| shop.full(needed), |cache| shop.full_or_cache(needed, cache)));
    }
    if let Some(why) = said.lines.iter().find_map(|line| shop.limits().starved(line)) {
        return Err(Halt::Failed(why));
    }
    Err(Halt::Failed(report::failure(&said.lines, plan, shop.request.arch)))
}

fn needed_room(said: &Said, plan: &Plan) -> Option<u64> {
    report::installed_size(&said.lines).map(|installed| room::needed(installed, plan.form.copies()))
}

fn check_room(shop: &Workshop<'_>, said: &Said, plan: &Plan) -> Result<(), Halt> {
    needed_room(said, plan).map_or(Ok(()), |needed| shop.check_room(needed))
}

/// Makes what every kernel wants to mount on.
async fn mount_points(shop: &Workshop<'_>) -> Result<(), Halt> {
    let folders = ["/proc", "/sys"].map(|folder| shop.inside(folder).into_os_string());
    let words = ["-d", "-m", "0555", "--"].map(OsString::from);
    shop.tool("install", words.into_iter().chain(folders)).await.map(|_| ())
}
