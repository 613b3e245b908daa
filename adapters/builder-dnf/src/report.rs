//! What dnf's output means; pure.

use img_kickstart::{At, Named};

use crate::plan::{Plan, Source, Wanted, without_password};

/// Reads how far the installation is out of a line such as `  Installing  : bash-5.2-1.x86_64   3/14`.
pub(crate) fn installed(line: &str) -> Option<(u64, u64)> {
    let doing =
        ["  Installing ", "  Running scriptlet", "  Upgrading "].iter().any(|doing| line.starts_with(doing));
    let (done, of) = line.trim_end().rsplit(' ').next()?.split_once('/')?;
    let (done, of) = (done.parse().ok()?, of.parse().ok()?);
    (doing && done <= of).then_some((done, of))
}

/// Reads how far the download is out of a line such as `(3/8): bash-5.2-1.x86_64.rpm   51 MB/s | 1.1 MB   00:00`.
pub(crate) fn downloaded(line: &str) -> Option<(u64, u64)> {
    let (done, of) = line.strip_prefix('(')?.split_once("): ")?.0.split_once('/')?;
    Some((done.parse().ok()?, of.parse().ok()?))
}

/// Reads how much the packages take when they are installed, in bytes, out of `Installed size: 4.5 M`.
pub(crate) fn installed_size(lines: &[String]) -> Option<u64> {
    let text = lines.iter().find_map(|line| line.strip_prefix("Installed size: "))?;
    let (number, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let factor: u64 = match unit {
        "" => 1,
        "k" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => 1 << 40,
    };
    let number: f64 = number.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size of a few digits")]
    Some((number * factor as f64) as u64)
}

/// Says why dnf failed, in one sentence.
pub(crate) fn failure(lines: &[String], plan: &Plan, arch: imaging::Arch) -> String {
    let wanted = &plan.wanted;
    foreign(lines, arch)
        .or_else(|| missing(lines, wanted, arch))
        .or_else(|| no_group(lines, wanted))
        .or_else(|| unreachable(lines, &plan.sources))
        .or_else(|| unresolvable(lines))
        .or_else(|| unsigned(lines))
        .or_else(|| scriptlet(lines))
        .unwrap_or_else(|| fallback(lines))
}

/// Tells whether dnf or another tool met a full disk.
pub(crate) fn is_full(text: &str) -> bool {
    ["No space left on device", "Disk quota exceeded", "more space needed on the"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Says what dnf left out although the kickstart does not allow it, when it was told to leave out other things.
pub(crate) fn left_out(lines: &[String], wanted: &Wanted, arch: imaging::Arch) -> Option<String> {
    if !wanted.ignore_missing
        && let Some(said) = unmatched(lines, wanted, arch)
    {
        return Some(said);
    }
    if !wanted.ignore_broken && lines.iter().any(|line| line.starts_with("Skipping packages with ")) {
        return unresolvable(lines);
    }
    let nothing = lines.iter().any(|line| line == "Nothing to do.");
    nothing.then(|| "of the packages the kickstart asks for, none can be installed".to_owned())
}

/// Says what went wrong without failing the installation, a sentence each.
pub(crate) fn warnings(lines: &[String], wanted: &Wanted) -> Vec<String> {
    let skipped = lines.iter().skip_while(|line| *line != "Skipped:").skip(1);
    let skipped = skipped.take_while(|line| line.starts_with("  ")).flat_map(|line| line.split_whitespace());
    let skipped = skipped.map(|package| {
        format!("package {package} cannot be installed with the others, and --ignorebroken leaves it out")
    });
    let warnings = lines.iter().filter_map(|line| {
        if let Some(name) = line.strip_prefix("No match for argument: ") {
            return Some(format!(
                "no package matches {}, and --ignoremissing leaves it out",
                at_line(name, wanted)
            ));
        }
        if let Some(name) = unavailable_group(line) {
            return Some(format!(
                "no repository has the group {}, and --ignoremissing leaves it out",
                at_line(&format!("@{name}"), wanted)
            ));
        }
        if let Some(name) = line.strip_prefix("No match for group package \"") {
            let name = name.trim_end_matches('"');
            let there = format!("no repository has the package {name} of a group");
            return (!is_excluded(name, wanted)).then_some(there); // dnf does not see what is excluded
        }
        None
    });
    let mut warnings: Vec<String> = warnings.chain(skipped).collect();
    warnings.dedup();
    warnings
}

/// Says which scripts of packages failed, a sentence each.
pub(crate) fn failed_scriptlets(lines: &[String]) -> Vec<String> {
    let failed = lines.iter().filter_map(|line| {
        let (scriptlet, package) =
            line.strip_prefix("Error in ")?.split_once(" scriptlet in rpm package ")?;
        Some(format!("the {scriptlet} scriptlet of package {package} failed; the log says what it printed"))
    });
    let mut warnings: Vec<String> = failed.collect();
    warnings.dedup();
    warnings
}

/// Tells whether the kickstart itself leaves a package out; of a pattern, what is before its first sign counts.
fn is_excluded(package: &str, wanted: &Wanted) -> bool {
    wanted.excluded.iter().any(|excluded| match excluded.name.find(['*', '?', '[']) {
        Some(sign) => package.starts_with(&excluded.name[..sign]),
        None => package == excluded.name,
    })
}

fn at_line(name: &str, wanted: &Wanted) -> String {
    let line = wanted.names.iter().find(|Named { name: known, .. }| known == name).map(|named| named.line);
    line.map_or_else(|| name.to_owned(), |line| format!("{name} ({line})", line = At(line)))
}

fn missing(lines: &[String], wanted: &Wanted, arch: imaging::Arch) -> Option<String> {
    let _ = lines.iter().find(|line| line.starts_with("Error: Unable to find a match"))?;
    unmatched(lines, wanted, arch)
}

fn unmatched(lines: &[String], wanted: &Wanted, arch: imaging::Arch) -> Option<String> {
    let names = lines.iter().filter_map(|line| line.strip_prefix("No match for argument: "));
    let names: Vec<_> = names.map(|name| at_line(name, wanted)).collect();
    if names.is_empty() {
        return None;
    }
    let foreign = if Some(arch) == imaging::Arch::host() { String::new() } else { format!(" for {arch}") };
    Some(format!("no package matches {}{foreign}", names.join(", ")))
}

fn no_group(lines: &[String], wanted: &Wanted) -> Option<String> {
    let group = lines.iter().find_map(|line| unavailable_group(line))?;
    Some(format!("no repository has the package group {}", at_line(&format!("@{group}"), wanted)))
}

fn foreign(lines: &[String], arch: imaging::Arch) -> Option<String> {
    let package = lines.iter().find_map(|line| {
        line.strip_prefix("  - package ")?.strip_suffix(" does not have a compatible architecture")
    })?;
    Some(format!("package {package} is not for {arch}, and no repository has one that is"))
}

fn unavailable_group(line: &str) -> Option<&str> {
    line.strip_prefix("Module or Group '")?.strip_suffix("' is not available.")
}

fn unreachable(lines: &[String], sources: &[Source]) -> Option<String> {
    let id = lines.iter().find_map(|line| {
        let rest = line.strip_prefix("Error: Failed to download metadata for repo '")?;
        rest.split_once('\'').map(|(id, _)| id)
    });
    let why = lines.iter().rev().find_map(|line| line.strip_prefix("  - "));
    if let Some(id) = id {
        let source = sources.iter().find(|source| source.id == id)?;
        let Source { name, line, url, .. } = source;
        let why = why.map_or_else(|| "its metadata are wrong".to_owned(), curl);
        let url = without_password(url);
        return Some(format!("repository {name} ({line}) cannot be read at {url}: {why}", line = At(*line)));
    }
    let package = lines
        .iter()
        .find_map(|line| line.strip_prefix("[FAILED] "))
        .or_else(|| lines.iter().find_map(|line| line.strip_prefix("Error opening ")))?;
    let (package, why) = package.split_once(": ").unwrap_or((package, "its repository is out of step"));
    // That all mirrors were tried is no reason; what the last of them did is.
    let mirrors = lines.iter().rev().filter_map(|line| line.strip_prefix("[MIRROR] ")?.strip_prefix(package));
    let why = mirrors.filter_map(|rest| rest.strip_prefix(": ")).next().unwrap_or(why);
    Some(format!("package {} could not be downloaded: {}", package, curl(why)))
}

/// Shortens what curl says: `Curl error (7): Couldn't connect to server for URL [detail]`.
fn curl(text: &str) -> String {
    let detail = text.rsplit_once(" [").and_then(|(_, detail)| detail.strip_suffix(']'));
    let status = text.strip_prefix("Status code: ").and_then(|rest| rest.split(' ').next());
    match (status, detail) {
        (Some(status), _) => format!("the server answered {status}"),
        (None, Some(detail)) => detail.to_owned(),
        (None, None) => text.split_once(": ").map_or(text, |(_, rest)| rest).to_owned(),
    }
}

fn unresolvable(lines: &[String]) -> Option<String> {
    let start = lines.iter().position(|line| line.starts_with(" Problem"))?;
    let reasons: Vec<_> =
        lines[start..].iter().filter_map(|line| line.strip_prefix("  - ")).take(3).collect();
    Some(format!("the packages cannot be installed together: {}", reasons.join("; ")))
}

fn unsigned(lines: &[String]) -> Option<String> {
    lines.iter().find(|line| line.contains("GPG check FAILED"))?;
    let package = lines.iter().find_map(|line| line.strip_prefix("Package ")?.strip_suffix(" is not signed"));
    Some(match package {
        Some(package) => format!("package {package} is not signed, and its repository has a --gpgkey"),
        None => "the signature of a package is not by the --gpgkey of its repository".to_owned(),
    })
}

fn scriptlet(lines: &[String]) -> Option<String> {
    let failed = lines
        .iter()
        .find_map(|line| line.strip_prefix("Error in ")?.split_once(" scriptlet in rpm package "))?;
    Some(format!(
        "the {} scriptlet of package {} failed, so that it could not be installed",
        failed.0, failed.1
    ))
}

fn fallback(lines: &[String]) -> String {
    let said = lines
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("Error: "))
        .filter(|said| !said.trim().is_empty());
    let last = || lines.iter().rev().find(|line| !line.trim().is_empty()).map(String::as_str);
    match said.or_else(last) {
        Some(said) => format!("dnf could not install the packages: {}", said.trim()),
        None => "dnf could not install the packages and did not say why".to_owned(),
    }
}

#[cfg(test)]
mod tests;
