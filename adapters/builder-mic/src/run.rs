//! One run of mic: its folders, the call, and what comes out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use child::{ChildError, Ended, Listen, Log, Place, Status, Task};
use imaging::{BuildRequest, Step, Watch};

use crate::argv::{self, Call};
use crate::folders::Folders;
use crate::halt::Halt;
use crate::line::Line;
use crate::options::{Options, SiteOptions};
use crate::output::{Left, LeftKind};
use crate::report::Heard;
use crate::settings::Settings;

/// How deep results lie: `RELEASE/images/NAME/FILE`.
const DEPTH: usize = 4;

/// What mic says at the beginning of some of its steps, and what they are.
const STEPS: &[(&str, &str)] = &[
    ("Retrieving repo metadata", "reading repositories"),
    ("Repo metadata retrieved", "installing packages"),
    ("Pack all", "packing"),
    ("Finished", "finishing"),
];

/// A run in its folders.
pub(crate) struct Run<'a> {
    pub(crate) place: &'a dyn Place,
    pub(crate) request: &'a BuildRequest,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) folders: Folders,
}

impl Run<'_> {
    /// Makes the folders, and the files mic reads.
    pub(crate) async fn prepare(&self) -> Result<(), Halt> {
        let Folders { work, tmp } = &self.folders;
        for folder in [work, tmp] {
            self.place.remove(folder).await?; // what a killed build may have left
        }
        for folder in [work, tmp, &self.folders.out(), &work.join("cache")] {
            self.place.make_folder(folder).await?;
        }
        for (file, text) in
            [(self.kickstart(), self.request.kickstart.clone()), (self.config(), argv::config(tmp))]
        {
            fs::write(&file, text).map_err(Halt::broken(format!("write {}", file.display())))?;
        }
        if self.place.is_another_machine() {
            let file = self.folders.elsewhere();
            fs::write(&file, "").map_err(Halt::broken(format!("write {}", file.display())))?;
        }
        Ok(())
    }

    fn kickstart(&self) -> PathBuf {
        self.folders.work.join(format!("{}.ks", self.request.name))
    }

    fn config(&self) -> PathBuf {
        self.folders.config()
    }

    /// Calls mic, and hears what it says until it ends, or until going on is of no use.
    pub(crate) async fn call(
        &self,
        settings: &Settings,
        (of_site, options): (&SiteOptions, &Options),
        cache: &Path,
        limit: Option<Duration>,
    ) -> Result<(Ended, Heard), Halt> {
        let Folders { work, tmp } = &self.folders;
        let argv = argv::argv(
            self.request,
            &Call {
                tool: settings.tool,
                program: &settings.program,
                kickstart: &self.kickstart(),
                out: &self.folders.out(),
                cache,
                tmp,
                config: &self.config(),
                log: &work.join("mic.log"),
                of_site: &of_site.words,
                options: &options.words,
            },
        );
        let task = Task { limit, cwd: work.clone(), ..Task::new(argv).sees(self.folders.sight(cache)) };
        let log = Log::open(&self.request.log)?;
        let heard = Mutex::new(Heard::default());
        let enough = self.watch.stop().child_token();
        self.step("starting mic");
        let hear = |text: &str| {
            let line = Line::read(text);
            log.line(&line.for_log());
            let mut heard = heard.lock().expect("hearing does not panic");
            heard.hear(&line);
            if heard.is_lost() {
                enough.cancel();
            }
            drop(heard);
            if let Some((_, step)) = STEPS.iter().find(|(begins, _)| line.text.starts_with(begins)) {
                self.step(step);
            }
        };
        // the lines are in the log already, without mic's own times
        let listen = Listen { log: Path::new("/dev/null"), line: &hear, stop: enough.clone() };
        let ended = self.place.run(&task, &listen).await?;
        Ok((ended, heard.into_inner().expect("hearing does not panic")))
    }

    pub(crate) fn step(&self, name: &str) {
        self.watch.step(&Step { name: name.to_owned(), done_of: None });
    }

    /// Adds a line of ours to the log.
    pub(crate) fn note(&self, line: &str) {
        if let Ok(log) = Log::open(&self.request.log) {
            log.line(&format!("-- {line}"));
        }
    }

    /// Lists what is in the folder of results.
    pub(crate) fn left(&self) -> Vec<Left> {
        let out = self.folders.out();
        let mut found = Vec::new();
        list(&out, &out, DEPTH, &mut found);
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found
    }

    /// Gives the results to us, with the modes they have beside an image, and moves them to where people look.
    ///
    /// What is in a folder that is an image itself stays as it is: its files belong to the users of the image.
    pub(crate) async fn publish(&self, image: &Path, options: &Options) -> Result<(), Halt> {
        self.step("finishing");
        let out = self.folders.out();
        let mut top: Vec<Left> = self.left();
        top.retain(|left| left.path.components().count() == 1);
        let release = options.release.as_ref().map(PathBuf::from);
        let mut moved = Vec::new();
        for left in top {
            let (is_image, is_release) = (left.path == image, Some(&left.path) == release.as_ref());
            let taken = self.request.folder.join(&left.path).symlink_metadata().is_ok();
            let wanted =
                left.kind == LeftKind::File || left.kind == LeftKind::Folder && (is_image || is_release);
            if taken || !wanted {
                self.note(&format!(
                    "{} is not kept: it is no file, or its name is taken",
                    left.path.display()
                ));
                continue;
            }
            let path = out.join(&left.path);
            match left.kind {
                LeftKind::Folder if is_image && self.place.is_another_machine() => {
                    return Err(Halt::Failed(
                        "an image that is a folder loses its owners on its way out of a virtual machine: have it packed, by \
                         --pack-to=@NAME@.tar.gz"
                            .into(),
                    ));
                }
                // it stays root's, and those of the users of the image
                LeftKind::Folder if is_image => {}
                LeftKind::Folder => self.make_all_ours(&path).await?,
                _ => self.make_ours(&path).await?,
            }
            moved.push((is_image, path));
        }
        moved.sort_by_key(|(is_image, _)| *is_image); // last
        for (_, path) in moved {
            let target = self.request.folder.join(path.file_name().unwrap_or_default());
            if fs::rename(&path, &target).is_err() {
                // a folder of root's, which only root may move
                self.as_root(["mv", "--no-target-directory", "--"], [&path, &target]).await?;
            }
        }
        self.own_kickstart()
    }

    async fn make_ours(&self, path: &Path) -> Result<(), Halt> {
        self.place.take_over(path).await?;
        // a kickstart holds what stands in it as a password: it is for its owner, and the group of a web server
        let mode = if path.extension().is_some_and(|end| end == "ks") { 0o640 } else { 0o644 };
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(path, mode)
            .map_err(Halt::broken(format!("change the mode of {}", path.display())))
    }

    /// The same for the folder of a release.
    async fn make_all_ours(&self, folder: &Path) -> Result<(), Halt> {
        let modes = ["chmod", "--recursive", "u=rwX,go=rX", "--"];
        if self.place.is_another_machine() {
            // what came from there is ours already
            let mut task = Task::new(modes);
            task.argv.push(folder.into());
            let listen = Listen { log: &self.request.log, line: &|_| {}, stop: self.watch.stop() };
            child::run(&task, &listen).await?;
            return Ok(());
        }
        let us = format!("{}:{}", nix::unistd::geteuid(), nix::unistd::getegid());
        self.as_root(["chown", "--recursive", "--no-dereference", &us, "--"], [folder]).await?;
        self.as_root(modes, [folder]).await
    }

    async fn as_root<'w>(
        &self,
        words: impl IntoIterator<Item = &'w str>,
        paths: impl IntoIterator<Item = &'w (impl AsRef<Path> + ?Sized + 'w)>,
    ) -> Result<(), Halt> {
        let mut task = Task::new(words);
        task.argv.extend(paths.into_iter().map(|path| path.as_ref().into()));
        let listen = Listen { log: &self.request.log, line: &|_| {}, stop: self.watch.stop() };
        let ended = self.place.run(&task, &listen).await?;
        match ended.status {
            Status::Exited(0) => Ok(()),
            Status::Stopped => Err(Halt::Stopped),
            _ => Err(ChildError::Place(format!("{} failed: {}", task.program(), ended.tail.trim())).into()),
        }
    }

    /// Puts the kickstart beside the image where mic has not.
    fn own_kickstart(&self) -> Result<(), Halt> {
        let path = self.request.folder.join(format!("{}.ks", self.request.name));
        if path.symlink_metadata().is_ok() {
            return Ok(());
        }
        let broken = || Halt::broken(format!("write {}", path.display()));
        fs::copy(self.kickstart(), &path).map_err(broken())?;
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).map_err(broken())
    }
}

/// Lists what is below a folder, without following links, as far as we may see.
fn list(folder: &Path, above: &Path, depth: usize, found: &mut Vec<Left>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (Ok(kind), Ok(path)) =
            (entry.file_type(), entry.path().strip_prefix(above).map(Path::to_path_buf))
        else {
            continue;
        };
        let kind = match kind {
            kind if kind.is_file() => LeftKind::File,
            kind if kind.is_dir() => LeftKind::Folder,
            _ => LeftKind::Other,
        };
        if kind == LeftKind::Folder && depth > 1 {
            list(&entry.path(), above, depth - 1, found);
        }
        found.push(Left { path, kind });
    }
}
