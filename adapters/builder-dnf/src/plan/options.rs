//! The options of a build, in mic's words as far as they mean something here.

mod table;
#[cfg(test)]
mod tests;
mod values;

use disk_format::Compression;
use imaging::{BuildRequest, ImageType};

use self::table::{Known, What};
pub(crate) use self::values::{Into, Pack, Records};

/// What the options say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `--pack-to`: what the files of the image are put into together.
    pub(super) pack: Option<Pack>,
    /// `--compress-image`: what each of them becomes by itself.
    pub(super) compression: Option<Compression>,
    /// `--source-date-epoch`: seconds since 1970.
    pub(super) epoch: Option<u64>,
    /// `--strict`: a line without effect is an error.
    pub(super) strict: bool,
    /// `--release`: what the image is a release of.
    pub(super) release: Option<String>,
    /// `--record-pkgs`: lists of packages beside the image.
    pub(super) records: Records,
    /// `--copy-kernel`: the kernels are beside the image, too.
    pub(super) copy_kernel: bool,
    /// `--shrink`: file systems have no room.
    pub(super) shrink: bool,
    /// `--tokenmap`: what more `@KEY@` stands for.
    pub(super) tokens: Vec<(String, String)>,
}

/// Reads the options. The error names the one that cannot be, and says what to do instead.
pub(super) fn read(options: &[String], request: &BuildRequest) -> Result<Options, String> {
    let mut read = Options::default();
    let mut words = options.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let (name, attached) = name_and_value(word);
        let known = table::find(name).ok_or_else(|| unknown(word))?;
        let value = match (known.takes, attached) {
            ("", None) => "",
            ("", Some(_)) => return Err(format!("the option {name} takes no value: write {name} alone")),
            (_, Some(value)) => value,
            (what, None) => words.next().ok_or_else(|| format!("the option {name} needs {what}"))?,
        };
        take(&mut read, known, name, value, request)?;
    }
    if read.pack.is_some() && read.compression.is_some() {
        return Err(
            "--pack-to and --compress-image cannot both be: an archive is compressed by its ending".into()
        );
    }
    Ok(read)
}

/// Adds what one option says.
fn take(
    read: &mut Options,
    known: &Known,
    name: &str,
    value: &str,
    request: &BuildRequest,
) -> Result<(), String> {
    let is = request.image_type;
    match known.what {
        What::Refused(why) => return Err(format!("this builder does not take {name}: {why}")),
        What::Nothing(_) => {}
        What::PackTo => read.pack = Some(values::pack(&value.replace("@NAME@", request.name.as_str()), is)?),
        What::Compress if !matches!(is, ImageType::Loop | ImageType::Raw) => {
            return Err(format!(
                "the option {name} is for loop and raw images, and this is a {is} image; --pack-to=@NAME@.tar.gz \
                 packs it"
            ));
        }
        What::Compress => read.compression = Some(values::compression(name, value)?),
        What::Record => read.records = values::records(value)?,
        What::CopyKernel => read.copy_kernel = true,
        What::Shrink if is != ImageType::Loop => {
            return Err(format!("the option {name} is for loop images, and this is a {is} image"));
        }
        What::Shrink => read.shrink = true,
        What::Tokens => read.tokens.extend(values::tokens(value)?),
        What::Release => read.release = Some(values::name_of_release(value)?),
        What::Epoch => read.epoch = Some(values::seconds(value)?),
        What::Strict => read.strict = true,
        What::Only(one, why) if !value.eq_ignore_ascii_case(one) => {
            return Err(format!("{name}={value} cannot be: {why}"));
        }
        What::Only(..) => {}
        What::Arch if value == request.arch.as_str() => {}
        What::Arch => {
            return Err(format!(
                "{name}={value} cannot be: the image is for {}, as image.arch or `img build --arch` says",
                request.arch
            ));
        }
    }
    Ok(())
}

/// Divides `--name=value`, and `-kvalue`.
fn name_and_value(word: &str) -> (&str, Option<&str>) {
    match word.split_once('=') {
        Some((name, value)) if word.starts_with("--") => (name, Some(value)),
        _ if !word.starts_with("--")
            && word.starts_with('-')
            && word.len() > 2
            && word.is_char_boundary(2) =>
        {
            (&word[..2], Some(&word[2..]))
        }
        _ => (word, None),
    }
}

fn unknown(word: &str) -> String {
    let names: Vec<_> = table::honoured().filter_map(|known| known.names.first().copied()).collect();
    format!("this builder has no option `{word}`; it has {}", names.join(", "))
}

/// Adds to the tokens of a request what its options say, and those that mic makes of the name of a release.
pub(crate) fn with_tokens(request: &BuildRequest) -> Result<BuildRequest, String> {
    let mut request = request.clone();
    let Options { tokens: more, release, .. } = read(&request.extra_opts, &request)?;
    request.tokens.retain(|(key, _)| !more.iter().any(|(new, _)| new == key));
    request.tokens.extend(more);
    for name in ["RELEASE", "BUILD_ID"] {
        let given = request.tokens.iter().any(|(known, _)| known == name);
        request
            .tokens
            .extend(release.iter().filter(|_| !given).map(|release| (name.to_owned(), release.clone())));
    }
    Ok(request)
}
