//! `img ks generate`.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use build_ks::SourceShelf;
use cli::{GenerateArguments, result, say};
use img_kickstart::Found;
use img_kickstart::kickstarter::{Generated, Kickstarter, Mistakes, Wanted};
use kickstart_dir::KickstartDir;

use super::files;

/// So many bytes of a file are read, which is more than it may have.
const LONGEST: u64 = 4 << 20;

/// Makes kickstarts; with a mistake nothing is written.
pub(super) fn generate(arguments: &GenerateArguments) -> Result<u8> {
    let given = arguments.configurations.iter().chain(&arguments.repos);
    let given = given.map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let parents = given.iter().map(|file| Path::new(&file.name).parent().unwrap_or(Path::new("")).to_owned());
    let fence = KickstartDir::below(parents.chain(arguments.folders.iter().map(|folder| plain(folder))));
    let mut shelf = SourceShelf(&fence);
    let made = Kickstarter::read(&given, &mut shelf).and_then(|yaml| {
        yaml.warnings().iter().for_each(|warning| say(format_args!("img: warning: {warning}")));
        let wanted = Wanted { only: arguments.only.clone(), flavour: arguments.flavour };
        yaml.generate(&wanted, &mut shelf)
    });
    match made {
        Ok(made) => tell(arguments, &made),
        Err(mistakes) => Ok(refuse(&mistakes)),
    }
}

/// Reads a file a person names: that one may be anywhere.
fn read(file: &Path) -> Result<Found> {
    let mut text = Vec::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    read.with_context(|| format!("cannot read {}", file.display()))?;
    let name = plain(file);
    let name = name.to_str().ok_or_else(|| anyhow!("the path {} is not UTF-8", file.display()))?;
    Ok(Found { name: name.to_owned(), text })
}

/// Returns a path without its `./`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn refuse(mistakes: &Mistakes) -> u8 {
    mistakes.0.iter().for_each(|mistake| say(format_args!("img: {mistake}")));
    let count = mistakes.0.len();
    say(format_args!("img: {count} mistake{}; nothing was written", if count == 1 { "" } else { "s" }));
    1
}

/// Writes the files, unless a person only wants to know what is in them.
fn tell(arguments: &GenerateArguments, made: &[Generated]) -> Result<u8> {
    if made.is_empty() {
        say("img: no configuration is active; name one by -C");
    }
    for made in made {
        let path = arguments.outdir.join(&made.path);
        if !arguments.print {
            files::write(&path, made.kickstart.as_bytes())?;
        }
        match (arguments.json, arguments.print) {
            (true, _) => result(json(made, &path)),
            (false, false) => result(path.display()),
            (false, true) => {
                result(format_args!("{}:", made.name));
                made.groups.iter().for_each(|group| result(format_args!("  @{group}")));
                made.packages.iter().for_each(|package| result(format_args!("  {package}")));
            }
        }
    }
    if let Some(file) = &arguments.index {
        files::write(file, index(made).as_bytes())?;
    }
    Ok(0)
}

fn json(made: &Generated, path: &Path) -> serde_json::Value {
    serde_json::json!({
        "name": made.name,
        "file": path.display().to_string(),
        "architecture": made.architecture,
        "packages": made.packages,
        "groups": made.groups,
    })
}

/// Returns the list of what was made, as XML.
fn index(made: &[Generated]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<image-configs>\n".to_owned();
    for made in made {
        text.push_str("  <config>\n");
        let architecture = made.architecture.as_deref().unwrap_or_default();
        for (name, value) in [("name", &*made.name), ("path", &*made.path), ("arch", architecture)] {
            text.push_str(&format!("    <{name}>{}</{name}>\n", escaped(value)));
        }
        text.push_str("  </config>\n");
    }
    text.push_str("</image-configs>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
