//! `img boss`.

mod check;
mod launch;
mod register;
mod registry;
mod submit;
mod unregister;

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cli::BossCommand;

pub(crate) use self::submit::submit;

/// The longest process definition that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Does what was asked for.
pub(crate) async fn boss(command: BossCommand) -> Result<u8> {
    match command {
        BossCommand::Check { definition, json } => check::check(&definition, json),
        BossCommand::Launch(arguments) => launch::launch(&arguments).await,
        BossCommand::Register(arguments) => register::register(&arguments).await,
        BossCommand::Unregister(arguments) => unregister::unregister(&arguments).await,
    }
}

/// Reads a text file, or stdin when the path is `-`.
fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let reading = if path == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    reading.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > LONGEST {
        bail!("{} is longer than {} MB: that is no process definition", path.display(), LONGEST >> 20);
    }
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}
