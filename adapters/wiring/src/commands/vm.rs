//! `img vm`: the image from which virtual machines for builds start.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use cli::{CreateBaseArguments, Show, VmCommand};
use imaging::{Arch, Build, BuildRequest, ImageBuilder, ImageId, ImageName, ImageType, Step, Watch};
use nix::fcntl::{Flock, FlockArg};
use tokio_util::sync::CancellationToken;

use crate::machine::Builders;
use crate::participants::{Base, Bounds};
use crate::site;
use crate::state::State;

/// What is made unless a person has a kickstart of their own.
const KICKSTART: &str = include_str!("../../../../examples/kickstarts/vm-base.ks");
/// What the image is called while it is made, and its files are.
const NAME: &str = "vm-base";
/// The folder it is made in, below that of the finished ones.
const NEW: &str = "new";

/// Does what is asked for about virtual machines, and returns the exit status.
pub(crate) async fn vm(command: VmCommand, builders: Builders) -> u8 {
    let VmCommand::CreateBase(arguments) = command;
    let wish = match cli::repositories(&arguments.repos) {
        Ok(repos) => repos,
        Err(mistake) => {
            cli::say(format_args!("img: {mistake}"));
            return 2;
        }
    };
    match create_base(&arguments, &wish, builders).await {
        Ok(base) if arguments.state.json => {
            let (image, key) = (base.image.to_string_lossy(), base.key.to_string_lossy());
            cli::result(serde_json::json!({ "result": true, "base": image, "key": key }));
            0
        }
        Ok(base) => {
            cli::result(format_args!("base    {}\nkey     {}", base.image.display(), base.key.display()));
            0
        }
        Err(error) if arguments.state.json => {
            cli::result(serde_json::json!({ "result": false, "error": format!("{error:#}") }));
            1
        }
        Err(error) => {
            cli::say(format_args!("img: {error:#}"));
            1
        }
    }
}

async fn create_base(
    arguments: &CreateBaseArguments,
    repos: &[(String, String)],
    builders: Builders,
) -> Result<Base> {
    let state = State::open(arguments.state.state.clone())?;
    let base = Base::in_state(&state);
    let folder = state.vm();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let lock =
        fs::File::create(folder.join("lock")).context("cannot write into the folder of base images")?;
    let _lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
        .map_err(|_| anyhow!("another `img vm create-base` is at work in {}", folder.display()))?;
    if base.image.exists() && !arguments.force {
        bail!("{} is there already: --force replaces it and its key", base.image.display());
    }
    let kickstart = match &arguments.kickstart {
        Some(file) => fs::read_to_string(file)
            .with_context(|| format!("cannot read the kickstart {}", file.display()))?,
        None => KICKSTART.to_owned(),
    };
    let builder = builders(&state, Bounds::of_person(&site::of_person()?));
    let new = folder.join(NEW);
    builder.sweep(&new).await?; // what a killed one has left
    fs::create_dir(&new).with_context(|| format!("cannot make {}", new.display()))?;
    let made = make(&new, &kickstart, repos, builder.as_ref()).await;
    let log = folder.join("base.log");
    let _ = fs::rename(new.join("log"), &log); // a log is nice to have
    let made = made.and_then(|image| publish(&new, &image, &base));
    builder.sweep(&new).await?;
    made.map_err(|error| anyhow!("{error:#}\n     the log is {}", log.display()))?;
    Ok(base)
}

/// Makes key and image; returns the file of the image.
async fn make(
    folder: &Path,
    kickstart: &str,
    repos: &[(String, String)],
    builder: &dyn ImageBuilder,
) -> Result<PathBuf> {
    let public = new_key(&folder.join("key"))?;
    let added = repos.iter().map(|(name, url)| format!("repo --name={name} --baseurl={url}\n"));
    let added: Vec<String> = added.chain([format!("sshkey --username=root \"{public}\"\n")]).collect();
    let out = folder.join("out");
    fs::create_dir(&out)?;
    let log = folder.join("log");
    fs::write(&log, "")?;
    let request = BuildRequest {
        image_id: ImageId::reduce(NAME).context("a name that is an id")?,
        name: ImageName::parse(NAME).context("a name that is one")?,
        image_type: ImageType::Qcow2,
        arch: Arch::host().context("there are no images for the processor of this machine")?,
        kickstart: added.concat() + kickstart,
        added_lines: (1..=added.len()).collect(),
        tokens: Vec::new(),
        extra_opts: Vec::new(),
        post_creation: None,
        folder: out.clone(),
        log,
    };
    let waiting = Waiting { show: Show::on_stderr(), stop: CancellationToken::new() };
    let build = builder.build(&request, &waiting);
    let stop = waiting.stop.clone();
    let interrupted = tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        stop.cancel();
    });
    let built = build.await;
    interrupted.abort();
    waiting.show.ended(NAME);
    match built? {
        Build::Made(made) => {
            made.warnings.iter().for_each(|warning| cli::say(format_args!("img: warning: {warning}")));
            Ok(out.join(made.image_file))
        }
        Build::Failed { reason } => bail!(reason),
        Build::Stopped => bail!("interrupted"),
    }
}

/// Makes a key without a password, for this user only, and returns its public half.
fn new_key(path: &Path) -> Result<String> {
    let words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "img-vm", "-f"].map(Into::into);
    let words: Vec<std::ffi::OsString> = words.into_iter().chain([path.into()]).collect();
    let made = child::quick(&words).map_err(|error| {
        anyhow!("ssh-keygen cannot be started ({error}): sudo apt-get install --no-install-recommends openssh-client")
    })?;
    if !made.status.success() {
        bail!("ssh-keygen makes no key: {}", String::from_utf8_lossy(&made.stderr).trim());
    }
    let public = fs::read_to_string(path.with_extension("pub")).context("ssh-keygen left no public key")?;
    Ok(public.trim().to_owned())
}

/// Puts key and image where machines are started from, the image last: without it there is no base.
fn publish(new: &Path, image: &Path, base: &Base) -> Result<()> {
    let moved = |from: PathBuf, to: &Path| {
        fs::rename(&from, to).with_context(|| format!("cannot put {} into place", to.display()))
    };
    if base.image.exists() {
        fs::remove_file(&base.image).context("cannot remove the old base image")?;
    }
    moved(new.join("key"), &base.key)?;
    moved(new.join("key.pub"), &base.key.with_extension("pub"))?;
    moved(image.to_owned(), &base.image)
}

struct Waiting {
    show: Show,
    stop: CancellationToken,
}

impl Watch for Waiting {
    fn step(&self, step: &Step) {
        self.show.step(NAME, &step.name, step.done_of);
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}
