//! Whether the image knows the language of its `lang` line.

use std::ffi::OsString;

use img_kickstart::At;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::workshop::Workshop;

/// Looks for names among the locales of the C library: each is a folder, or stands in the archive of all.
///
/// An image without that folder has no program that would read it, and says nothing.
const LOOK: &str = "root=$1; shift\n\
    cd -P -- \"$root/usr/lib/locale\" 2>/dev/null || exit 0\n\
    case $(pwd -P) in \"$root\"/*) ;; *) exit 0 ;; esac\n\
    for name; do\n    \
        if [ -d \"$name\" ]; then exit 0; fi\n    \
        if [ -f locale-archive ] && [ ! -L locale-archive ] && grep -qazE -e \"$name\\$\" locale-archive; then exit 0; fi\n\
    done\n\
    echo missing\n";

/// Warns about a `lang` that the image does not have, once the scripts that may make it are over.
pub(crate) async fn check(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    let Some(asked) = plan.kickstart.lang() else { return Ok(()) };
    let (line, lang) = (At(asked.line), asked.lang);
    let language = lang.split(['_', '.', '@']).next().unwrap_or_default();
    if ["C", "POSIX", ""].contains(&language) {
        return Ok(()); // these are in the library itself
    }
    let words: [OsString; 5] =
        ["sh".into(), "-c".into(), LOOK.into(), "sh".into(), shop.root.clone().into_os_string()];
    let said = shop.ask(words.into_iter().chain(names(&lang).into_iter().map(OsString::from))).await?;
    if said.is_none_or(|said| said.is_empty()) {
        return Ok(());
    }
    let known = plan.warnings.len();
    plan.warnings.push(format!(
        "{line}: the image has no locale {lang}; a package such as glibc-langpack-{language} brings it, or name one the image has"
    ));
    plan.strictly(known).map_err(Halt::Failed)
}

/// Returns what the C library may call a locale: with the name of its signs as written, and without case and hyphens.
fn names(lang: &str) -> Vec<String> {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || ['_', '.', '@', '-'].contains(&sign);
    if !lang.chars().all(plain) || lang.starts_with(['.', '-']) {
        return Vec::new();
    }
    let (rest, modifier) =
        lang.split_once('@').map_or((lang, String::new()), |(rest, is)| (rest, format!("@{is}")));
    let Some((place, signs)) = rest.split_once('.') else { return vec![lang.to_owned()] };
    let signs: String = signs.chars().filter(char::is_ascii_alphanumeric).collect();
    vec![format!("{place}.{}{modifier}", signs.to_lowercase()), lang.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_locale_is_looked_for_as_the_c_library_calls_it() {
        assert_eq!(names("de_DE.UTF-8@euro"), ["de_DE.utf8@euro", "de_DE.UTF-8@euro"]);
        assert_eq!(names("fi_FI"), ["fi_FI"]);
        assert_eq!(names("../../etc"), [""; 0]);
    }
}
