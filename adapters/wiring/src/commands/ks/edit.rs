//! `img ks edit`.

use anyhow::{Context, Result, anyhow, bail};
use cli::EditArguments;
use img_kickstart::{Kickstart, table};

use super::files;

/// Changes a file and prints or writes it; with an error nothing is printed or written.
pub(super) fn edit(arguments: &EditArguments) -> Result<u8> {
    let file = &arguments.file.file;
    let mut ks = files::read(file)?;
    take_out(&mut ks, arguments)?;
    put_in(&mut ks, arguments)?;
    for line in &arguments.set {
        ks.set(line)?;
    }
    for line in &arguments.unset {
        ks.unset(line)?;
    }
    files::give(file, &ks, arguments.write)
}

fn take_out(ks: &mut Kickstart, arguments: &EditArguments) -> Result<()> {
    for name in &arguments.remove_repos {
        ks.remove_repo(name)?;
    }
    for name in &arguments.remove_users {
        ks.remove_user(name)?;
    }
    ks.remove_packages(&texts(&arguments.remove_packages))?;
    let group = |name: &String| match name.strip_prefix('-') {
        Some(name) => format!("-@{}", name.trim_start_matches('@')),
        None => format!("@{}", name.trim_start_matches('@')),
    };
    let groups: Vec<String> = arguments.remove_groups.iter().map(group).collect();
    ks.remove_packages(&texts(&groups))?;
    for line in &arguments.remove {
        ks.remove(line)?;
    }
    take_out_scripts(ks, &arguments.remove_scripts)
}

/// Takes out the last ones first, so that each number is that of the file as it was.
fn take_out_scripts(ks: &mut Kickstart, scripts: &[String]) -> Result<()> {
    let mut numbered = Vec::new();
    for section in scripts {
        let (name, number) =
            section.split_once(':').map_or((&**section, None), |(name, of)| (name, Some(of)));
        if table::section(name).is_none() {
            bail!("{name:?} is no section: write its name as it stands there, such as %post");
        }
        let number: Option<usize> = number
            .map(|number| number.parse().ok().filter(|number| *number > 0))
            .map(|number| number.with_context(|| format!("{section:?} should be SECTION:NUMBER, as %post:2")))
            .transpose()?;
        numbered.push((name, number));
    }
    numbered.sort_unstable_by(|a, b| b.cmp(a));
    numbered.dedup();
    for (name, number) in numbered {
        match number {
            Some(number) => ks.remove_section(name, number - 1),
            None => ks.remove_sections(name),
        };
    }
    Ok(())
}

fn put_in(ks: &mut Kickstart, arguments: &EditArguments) -> Result<()> {
    for repo in &arguments.add_repos {
        let (name, url) = repo.split_once('=').ok_or_else(|| anyhow!("{repo:?} should be NAME=URL"))?;
        ks.add_repo(name, url, &[])?;
    }
    for name in &arguments.add_users {
        ks.add_user(name, &[])?;
    }
    ks.add_packages(&texts(&arguments.add_packages))?;
    ks.add_groups(&texts(&arguments.add_groups))?;
    for script in &arguments.add_scripts {
        let (header, file) = script
            .rsplit_once('=')
            .ok_or_else(|| anyhow!("{script:?} should be HEADER=FILE, as %post=script.sh"))?;
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        ks.add_section(header, &text)?;
    }
    Ok(())
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}
