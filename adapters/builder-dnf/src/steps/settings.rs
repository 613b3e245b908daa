//! Settings of the kickstart that are files of the image.

use std::ffi::OsString;

use img_kickstart::{At, Keyboard, Kickstart, Lang, Timezone};

use crate::halt::Halt;
use crate::plan::{Layout, Mount, Plan};
use crate::steps::{accounts, services};
use crate::workshop::Workshop;

/// Writes all settings into the image.
pub(crate) async fn apply(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    shop.step("writing settings", None);
    let kickstart = plan.kickstart.clone();
    let warnings = &mut plan.warnings;
    let redhat = shop
        .ask(["test".into(), "-d".into(), shop.inside("/etc/sysconfig").into_os_string()])
        .await?
        .is_some();
    if let Some(lang) = kickstart.lang() {
        locale(shop, &lang, redhat).await?;
    }
    if let Some(keyboard) = kickstart.keyboard() {
        keys(shop, &keyboard, redhat).await?;
    }
    if let Some(timezone) = kickstart.timezone() {
        clock(shop, &timezone, redhat, warnings).await?;
    }
    host_name(shop, &kickstart).await?;
    accounts::apply(shop, &kickstart, &plan.uuids, warnings).await?;
    services::apply(shop, &kickstart, warnings).await?;
    for source in &plan.sources {
        if let Some(section) = source.saved_section() {
            let path = shop.inside(&format!("/etc/yum.repos.d/{}.repo", source.id));
            shop.write(&path, "0644", &section).await?;
        }
    }
    match plan.form.layout() {
        Some(layout) => mounts(shop, layout).await,
        None => Ok(()),
    }
}

async fn locale(shop: &Workshop<'_>, lang: &Lang, redhat: bool) -> Result<(), Halt> {
    let text = format!("LANG=\"{}\"\n", quoted(&lang.lang));
    shop.write(&shop.inside("/etc/locale.conf"), "0644", &text).await?;
    if redhat { shop.write(&shop.inside("/etc/sysconfig/i18n"), "0644", &text).await } else { Ok(()) }
}

async fn keys(shop: &Workshop<'_>, keyboard: &Keyboard, redhat: bool) -> Result<(), Halt> {
    let Some(keymap) = &keyboard.keymap else { return Ok(()) };
    let keymap = quoted(keymap);
    shop.write(&shop.inside("/etc/vconsole.conf"), "0644", &format!("KEYMAP=\"{keymap}\"\n")).await?;
    let old = format!("KEYTABLE=\"{keymap}\"\n");
    if redhat { shop.write(&shop.inside("/etc/sysconfig/keyboard"), "0644", &old).await } else { Ok(()) }
}

async fn clock(
    shop: &Workshop<'_>,
    timezone: &Timezone,
    redhat: bool,
    warnings: &mut Vec<String>,
) -> Result<(), Halt> {
    let Timezone { line, timezone: zone, utc, .. } = timezone;
    let goes_down = !zone.starts_with('/') && !zone.split('/').any(|part| part == ".." || part.is_empty());
    let file = format!("/usr/share/zoneinfo/{zone}");
    let there = goes_down
        && shop.ask(["test".into(), "-f".into(), shop.inside(&file).into_os_string()]).await?.is_some();
    if there {
        let link = [OsString::from("-sfn"), "--".into(), format!("..{file}").into()];
        shop.tool("ln", link.into_iter().chain([shop.inside("/etc/localtime").into()])).await?;
    } else if !matches!(zone.as_str(), "UTC" | "Etc/UTC") {
        // UTC is what an image without /etc/localtime has anyway.
        warnings.push(format!(
            "{line}: the image has no time zone {zone}; a package such as tzdata brings them",
            line = At(*line)
        ));
    }
    let keeps = if *utc { "UTC" } else { "LOCAL" };
    shop.write(&shop.inside("/etc/adjtime"), "0644", &format!("0.0 0 0.0\n0\n{keeps}\n")).await?;
    if !redhat {
        return Ok(());
    }
    let old = format!("ZONE=\"{}\"\nUTC={utc}\n", quoted(zone));
    shop.write(&shop.inside("/etc/sysconfig/clock"), "0644", &old).await
}

async fn host_name(shop: &Workshop<'_>, kickstart: &Kickstart) -> Result<(), Halt> {
    match kickstart.network().iter().rev().find_map(|network| network.hostname.clone()) {
        Some(name) => {
            let name: String = name.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            shop.write(&shop.inside("/etc/hostname"), "0644", &format!("{name}\n")).await
        }
        None => Ok(()),
    }
}

/// Writes /etc/fstab, unless a package brought one that says something.
async fn mounts(shop: &Workshop<'_>, layout: &Layout) -> Result<(), Halt> {
    let had = shop.read("/etc/fstab").await?.unwrap_or_default();
    let says_something =
        had.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    if says_something {
        shop.note("the image has an /etc/fstab of its own, which stays as it is");
        return Ok(());
    }
    for volume in &layout.volumes {
        if let Mount::At(path) = &volume.mount {
            shop.tool("mkdir", ["-p".into(), "--".into(), shop.inside(path).into_os_string()]).await?;
        }
    }
    shop.write(&shop.inside("/etc/fstab"), "0644", &crate::plan::fstab(layout)).await
}

/// Makes a text fit between the double quotes of a configuration file.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '$' | '`')).collect()
}
