//! Options for mic: which of them a workitem may give, and which a site; pure.

use std::path::PathBuf;

use imaging::{BuildRequest, ImageType};

/// What a build says by itself, or what leads out of it, and what to do instead.
const OURS: &[(&str, &str)] = &[
    ("--outdir", "the folder is that of the build"),
    ("--logfile", "the log is that of the build"),
    ("--config", "mic reads /etc/mic/mic.conf"),
    ("--arch", "image.arch says it"),
    ("--tokenmap", "image.tokenmap says it"),
    ("--format", "image.image_type says it"),
    ("--tmpdir", "[worker] img_tmp says it"),
];
/// What only a site may say, in `mic_opts`.
const OF_SITES: &[(&str, &str)] = &[
    ("--cachedir", "[worker] mic_cachedir says it"),
    ("--cache", "[worker] mic_cachedir says it"),
    ("--local-pkgs-path", "[worker] mic_opts may say it: it is a folder of this machine"),
    ("--runtime", "[worker] mic_opts may say it: all runs share what it makes"),
];
/// Options that are complete without a value.
const FLAGS: &[&str] =
    &["--copy-kernel", "--include-src", "--shrink", "--generate-bmap", "--debug", "--verbose", "--help"];
/// How an `fs` image is packed when nobody says it.
const PACK: &str = "@NAME@.tar.gz";

/// What a workitem's options come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// What mic is given.
    pub(crate) words: Vec<String>,
    /// The archive the image is packed into; mic replaces `@NAME@` in it.
    pub(crate) pack: Option<String>,
    /// What the image is a release of.
    pub(crate) release: Option<String>,
    /// Whether a warning ends the build.
    pub(crate) strict: bool,
    /// What a person should know.
    pub(crate) warnings: Vec<String>,
}

/// What a site's options come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SiteOptions {
    /// What mic is given.
    pub(crate) words: Vec<String>,
    /// Where it keeps packages.
    pub(crate) cache: Option<PathBuf>,
    /// The archive an image is packed into, when its workitem does not say it.
    pub(crate) pack: Option<String>,
}

/// Reads the options of a workitem; the error is the sentence why mic is not given one of them.
///
/// `mic_opts`, the options of the site as it gave them, may be among them: they are read by [`of_site`].
pub(crate) fn read(
    request: &BuildRequest,
    mic_opts: &[String],
    of_site: &SiteOptions,
) -> Result<Options, String> {
    let mut options = Options::default();
    let mut folder = false;
    let given = without(&request.extra_opts, mic_opts);
    for (name, value, words) in pairs(&given)? {
        refuse(name, &[OURS, OF_SITES])?;
        match (name, value) {
            // words of ours, which no mic knows
            ("--strict", None) => options.strict = true,
            ("--source-date-epoch", _) => options
                .warnings
                .push("--source-date-epoch has no effect: mic makes no image twice the same".into()),
            ("--pack-to" | "--taring-to", Some(file)) => {
                if file == "@NAME@/" && request.image_type == ImageType::Fs {
                    (folder, options.pack) = (true, None);
                    continue;
                }
                name_only(name, file)?;
                (folder, options.pack) = (false, Some(file.to_owned()));
                options.words.extend(words);
            }
            ("--release", Some(release)) => {
                name_only(name, release)?;
                options.release = Some(release.to_owned());
                options.words.extend(words);
            }
            _ => options.words.extend(words),
        }
    }
    if options.pack.is_none() && !folder {
        let usual = (request.image_type == ImageType::Fs).then_some(PACK);
        options.pack = of_site.pack.as_deref().or(usual).map(str::to_owned);
        options.words.extend(options.pack.iter().map(|file| format!("--pack-to={file}")));
    }
    Ok(options)
}

/// Reads the options of a site.
pub(crate) fn of_site(words: &[String]) -> Result<SiteOptions, String> {
    let mut options = SiteOptions::default();
    let wrong = |error: String| format!("[worker] mic_opts: {error}");
    for (name, value, words) in pairs(words).map_err(wrong)? {
        refuse(name, &[OURS]).map_err(wrong)?;
        match (name, value) {
            ("--cachedir" | "--cache", Some(folder)) => options.cache = Some(folder.into()),
            ("--pack-to" | "--taring-to", Some(file)) => {
                name_only(name, file).map_err(wrong)?;
                options.pack = Some(file.to_owned());
            }
            _ => options.words.extend(words),
        }
    }
    Ok(options)
}

/// Returns the words without the last occurrence of `part`.
fn without(words: &[String], part: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if !part.is_empty()
        && let Some(at) = words.windows(part.len()).rposition(|window| window == part)
    {
        words.drain(at..at + part.len());
    }
    words
}

/// One option: its name, its value, and the words it was given as.
type Pair<'a> = (&'a str, Option<&'a str>, Vec<String>);

/// Puts names and values together; a word that belongs to no option would be a file to mic.
fn pairs(words: &[String]) -> Result<Vec<Pair<'_>>, String> {
    let mut found: Vec<Pair<'_>> = Vec::new();
    let mut open = false;
    for word in words.iter().map(String::as_str).filter(|word| !word.is_empty()) {
        if word.contains('\0') {
            return Err("an option with a NUL in it cannot be given to a program".into());
        }
        let is_option = word.starts_with('-') && word != "-";
        match found.last_mut() {
            Some((_, value, words)) if open && !is_option => {
                *value = Some(word);
                words.push(word.to_owned());
                open = false;
            }
            _ if !is_option || word == "--" => return Err(format!("`{word}` is no option of mic")),
            _ => {
                let (name, value) = match word.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (word, None),
                };
                open =
                    value.is_none() && word.starts_with("--") && !FLAGS.contains(&name) && name != "--strict";
                found.push((name, value, vec![word.to_owned()]));
            }
        }
    }
    Ok(found)
}

/// Refuses an option by its name, its short form, or the beginnings of it that mic would understand.
fn refuse(name: &str, lists: &[&[(&str, &str)]]) -> Result<(), String> {
    if let Some(letters) = name.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
        return match letters.chars().all(|letter| "dvi".contains(letter)) {
            true => Ok(()),
            false => Err(format!("the option {name} is not given to mic: write out its name")),
        };
    }
    let mut refused = lists.iter().copied().flatten();
    match refused.find(|(refused, _)| refused.starts_with(name)) {
        Some((refused, why)) => Err(format!("the option {name} is not given to mic ({refused}: {why})")),
        None => Ok(()),
    }
}

/// Refuses a value that is a path and not just a name.
fn name_only(option: &str, value: &str) -> Result<(), String> {
    match value.contains('/') || value.starts_with(['-', '.']) || value.is_empty() {
        true => Err(format!("{option} should be a name without a folder, not `{value}`")),
        false => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
