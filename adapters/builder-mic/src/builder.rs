//! The builder: a run of mic, and what becomes of it.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use child::{ChildError, Listen, Place, Sight, Status, Task};
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Made, Watch};
use img_kickstart::{At, Kickstart, check};
use tokio_util::sync::CancellationToken;

use crate::cache::{self, Slot};
use crate::folders::Folders;
use crate::halt::Halt;
use crate::options::{self, Options, SiteOptions};
use crate::report::{self, Heard};
use crate::run::Run;
use crate::sentence::Source;
use crate::settings::Settings;
use crate::{leftovers, output, version};

/// How long mic may take to say its version; on another machine, which may be an emulated one.
const QUICK: Duration = Duration::from_secs(30);
const QUICK_THERE: Duration = Duration::from_secs(300);

/// Makes images of whatever types the site's mic knows, flash memory included.
///
/// Kickstarts are root at the place where mic runs: `%post --nochroot` and `%pack` may do anything there.
pub struct MicBuilder {
    place: Box<dyn Place>,
    settings: Settings,
}

impl std::fmt::Debug for MicBuilder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MicBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl MicBuilder {
    /// Makes a builder whose mic runs at `place`, where it has to be root and may use loop devices.
    pub fn new(place: Box<dyn Place>, settings: Settings) -> MicBuilder {
        MicBuilder { place, settings }
    }

    /// Sees whether mic can be run where it is to run, and returns what it calls itself; the error is a sentence.
    pub async fn installed(&self) -> Result<String, String> {
        self.place.check()?;
        match self.version(Sight::default(), &CancellationToken::new()).await {
            Ok(version) => Ok(version),
            Err(Halt::Failed(reason)) => Err(reason),
            Err(Halt::Broken(error)) => Err(format!("{error}: {}", error.source)),
            Err(Halt::Stopped) => Err("it was stopped".into()),
        }
    }

    /// Sees to it that there is a mic, and that it is new enough.
    async fn version(&self, sight: Sight, stop: &CancellationToken) -> Result<String, Halt> {
        let Settings { program, tool, .. } = &self.settings;
        let limit = if self.place.is_another_machine() { QUICK_THERE } else { QUICK };
        let task = Task {
            keep_output: Some(4096),
            limit: Some(limit),
            ..Task::new([program.clone().into(), OsString::from("--version")]).sees(sight)
        };
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: stop.clone() };
        let ended = self.place.run(&task, &listen).await?;
        let said = String::from_utf8_lossy(&ended.output);
        match ended.status {
            Status::Stopped => Err(Halt::Stopped),
            Status::TookTooLong => Err(Halt::Failed(format!(
                "{} says no version within {} s: it hangs, or its machine is too busy",
                program.display(),
                limit.as_secs(),
            ))),
            Status::Exited(126 | 127) if self.place.is_another_machine() => Err(Halt::Failed(format!(
                "{} is missing in the virtual machine: make its base image anew with {} in it (`img vm create-base KICKSTART --force`), or build with dnf (--builder dnf)",
                program.display(),
                tool.name(),
            ))),
            Status::Exited(126 | 127) => Err(Halt::Failed(format!(
                "{} is missing: install {}, say where it is by [worker] mic_program, or build with dnf (--builder dnf)",
                program.display(),
                tool.name(),
            ))),
            _ => version::check(*tool, &said).map(|()| said.trim().to_owned()).map_err(Halt::Failed),
        }
    }

    /// Tells whether a build of mic works, or was killed, in a folder.
    pub fn was_in(&self, folder: &Path) -> bool {
        Folders::of(folder, self.settings.tmp.as_deref()).is_ok_and(|folders| folders.are_mics())
    }

    /// Tells whether that build works, or worked, on another machine.
    pub fn was_elsewhere(&self, folder: &Path) -> bool {
        Folders::of(folder, self.settings.tmp.as_deref()).is_ok_and(|folders| folders.are_elsewhere())
    }

    async fn make(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Made, Halt> {
        let began = Instant::now();
        watch.step(&imaging::Step { name: "planning".into(), done_of: None });
        if let Some(program) = &request.post_creation {
            return Err(Halt::Failed(format!(
                "post_creation ({}) is run after images of dnf only: unset it for this worker, or build with dnf",
                program.display()
            )));
        }
        let mic_opts = &self.settings.options;
        let of_site = options::of_site(mic_opts).map_err(Halt::Failed)?;
        let options = options::read(request, mic_opts, &of_site).map_err(Halt::Failed)?;
        every_section_ends(request).map_err(Halt::Failed)?;
        let folders = self.folders(&request.folder)?;
        let run = Run { place: self.place.as_ref(), request, watch, folders };
        if !self.place.is_another_machine() {
            self.version(Sight::default(), &watch.stop()).await?; // nothing is made where there is no mic
        }
        let cache = of_site.cache.as_ref().unwrap_or(&self.settings.cache);
        let slot = cache::take(cache, &run.folders.all(), self.place.as_ref()).await?;
        let made = self.work(&run, (&of_site, &options), slot.as_ref(), began).await;
        let cleared = self.clear_up(&run.folders).await;
        if let (Some(slot), Ok(())) = (slot, &cleared) {
            slot.done();
        }
        let made = made?;
        cleared?;
        Ok(made)
    }

    async fn work(
        &self,
        run: &Run<'_>,
        (of_site, options): (&SiteOptions, &Options),
        slot: Option<&Slot>,
        began: Instant,
    ) -> Result<Made, Halt> {
        run.prepare().await?;
        let own = run.folders.work.join("cache");
        let cache = slot.map_or(own.as_path(), |slot| slot.folder.as_path());
        if self.place.is_another_machine() {
            // it begins with this task, and has to know all of what mic will see
            self.version(run.folders.sight(cache), &run.watch.stop()).await?;
        }
        let limit = self.settings.limit.map(|limit| for_mic(limit).saturating_sub(began.elapsed()));
        let (ended, heard) = run.call(&self.settings, (of_site, options), cache, limit).await?;
        match ended.status {
            Status::Stopped if !heard.is_lost() => return Err(Halt::Stopped),
            Status::TookTooLong => {
                return Err(Halt::Failed(too_long(self.settings.limit.unwrap_or_default(), &heard)));
            }
            _ => {}
        }
        let source = Source { text: &run.request.kickstart, added: &run.request.added_lines };
        let image = || output::image(run.request, options, &run.left());
        let image =
            report::verdict(&heard, ended.status, &source, &no_room(run.place, &run.folders.tmp), &image)
                .map_err(Halt::Failed)?;
        let warnings: Vec<_> = options.warnings.iter().cloned().chain(heard.warnings()).collect();
        if options.strict && !warnings.is_empty() {
            let reason = format!("{}; --strict takes that for an error", warnings.join("; "));
            return Err(Halt::Failed(reason));
        }
        run.publish(&image, options).await?;
        Ok(Made { image_file: image, warnings })
    }

    fn folders(&self, folder: &Path) -> Result<Folders, Halt> {
        Folders::of(folder, self.settings.tmp.as_deref()).map_err(Halt::broken("find the folder".into()))
    }

    /// Takes back what a run left: loop devices first, since they hold files.
    async fn clear_up(&self, folders: &Folders) -> Result<(), ChildError> {
        leftovers::sweep(self.place.as_ref(), &folders.all()).await?;
        for folder in folders.all() {
            self.place.remove(&folder).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ImageBuilder for MicBuilder {
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError> {
        match self.make(request, watch).await {
            Ok(made) => Ok(Build::Made(made)),
            Err(halt) => halt.into_answer(),
        }
    }

    async fn sweep(&self, folder: &Path) -> Result<(), BuilderError> {
        let broken = |error: ChildError| BuilderError::new("remove what a build of mic left", error);
        let folders = Folders::of(folder, self.settings.tmp.as_deref())
            .map_err(|error| BuilderError::new("find the folder", error))?;
        // a folder without a run in it, as one that was published, needs nothing of root
        if folders.all().iter().any(|folder| folder.symlink_metadata().is_ok()) {
            self.clear_up(&folders).await.map_err(broken)?;
        }
        self.place.remove(folder).await.map_err(broken)
    }
}

/// mic takes a section without `%end` for all that follows, and is content.
fn every_section_ends(request: &BuildRequest) -> Result<(), String> {
    let kickstart = Kickstart::parse(&request.kickstart).numbered_without(&request.added_lines);
    match check(&kickstart).into_iter().find(|found| found.code == "missing-end") {
        Some(wrong) => Err(format!("{}: {}", At(wrong.line), wrong.message)),
        None => Ok(()),
    }
}

/// Returns how much of the time of a build mic gets: the rest is for an answer that says what it did last.
fn for_mic(limit: Duration) -> Duration {
    limit.saturating_sub((limit / 10).min(Duration::from_secs(10)))
}

fn too_long(limit: Duration, heard: &Heard) -> String {
    let at = match heard.last.as_str() {
        "" => "it said nothing".to_owned(),
        last => format!("the last it said was: {last}"),
    };
    let reads = ["Retrieving", "ownload", "http://", "https://", "ftp://"];
    let why =
        if reads.iter().any(|word| heard.last.contains(word)) { "; a repository may not answer" } else { "" };
    format!("mic took longer than a build may ([worker] timeout, {} s); {at}{why}", limit.as_secs())
}

fn no_room(place: &dyn Place, folder: &Path) -> String {
    if place.is_another_machine() {
        return format!(
            "no room on the disk of the virtual machine, where mic works in {}: make its base image anew with a larger \
             part / (img vm create-base)",
            folder.display()
        );
    }
    let there = folder.ancestors().find_map(|folder| nix::sys::statvfs::statvfs(folder).ok());
    let free = there.map_or(0, |found| found.blocks_available() * found.fragment_size());
    format!("no room on the disk: {} MB are free where mic works, in {}", free >> 20, folder.display())
}
