//! Settings of the kickstart that are files of the image.

use img_kickstart::{At, Keyboard, Kickstart, Lang, Timezone};

use crate::halt::Halt;
use crate::inside::{self, Inside};
use crate::plan::{Layout, Mount, Plan};
use crate::steps::config::{self, quoted};
use crate::steps::{accounts, auth, desktop, firewall, network, selinux, services, ssh, time};
use crate::workshop::Workshop;

/// Writes all settings into the image.
pub(crate) async fn apply(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    shop.step("writing settings", None);
    let decided = inside::change(shop, |inside| {
        let mut said = Said::default();
        settle(inside, plan, &mut said)?;
        Ok(said)
    });
    let said = decided.await?;
    said.notes.iter().for_each(|note| shop.note(note));
    plan.warnings.extend(said.warnings);
    auth::apply(shop, plan).await
}

/// What is said about settings: to a person, and in the log.
#[derive(Default)]
struct Said {
    warnings: Vec<String>,
    notes: Vec<String>,
}

fn settle(inside: &mut Inside, plan: &Plan, said: &mut Said) -> Result<(), Halt> {
    let warnings = &mut said.warnings;
    let kickstart = &plan.kickstart;
    let redhat = inside.has("/etc/sysconfig");
    if let Some(lang) = kickstart.lang() {
        locale(inside, &lang, redhat);
    }
    if let Some(keyboard) = kickstart.keyboard() {
        keys(inside, &keyboard, redhat);
    }
    if let Some(timezone) = kickstart.timezone() {
        clock(inside, &timezone, redhat, warnings);
    }
    host_name(inside, kickstart, warnings);
    accounts::apply(inside, kickstart, &plan.uuids, plan.epoch, warnings)?;
    ssh::apply(inside, kickstart, warnings);
    selinux::apply(inside, kickstart, warnings);
    network::apply(inside, kickstart, &plan.uuids, warnings);
    firewall::apply(inside, kickstart, warnings);
    time::apply(inside, kickstart, warnings);
    desktop::apply(inside, kickstart, warnings);
    services::apply(inside, kickstart, warnings); // last, since these lines name services outright
    for source in &plan.sources {
        if let Some(section) = source.saved_section() {
            inside.set(&format!("/etc/yum.repos.d/{}.repo", source.id), section);
        }
    }
    if let Some(layout) = plan.form.layout() {
        said.notes.extend(mounts(inside, layout));
    }
    Ok(())
}

fn locale(inside: &mut Inside, lang: &Lang, redhat: bool) {
    let text = format!("LANG=\"{}\"\n", quoted(&lang.lang));
    if redhat {
        inside.set("/etc/sysconfig/i18n", text.as_str());
    }
    inside.set("/etc/locale.conf", text);
}

fn keys(inside: &mut Inside, keyboard: &Keyboard, redhat: bool) {
    if !keyboard.xlayouts.is_empty() {
        inside.set("/etc/X11/xorg.conf.d/00-keyboard.conf", x_keys(keyboard));
    }
    let Some(keymap) = keyboard.keymap.as_deref().map(quoted) else { return };
    inside.set("/etc/vconsole.conf", format!("KEYMAP=\"{keymap}\"\n"));
    if redhat {
        inside.set("/etc/sysconfig/keyboard", format!("KEYTABLE=\"{keymap}\"\n"));
    }
}

/// Returns the layouts as X reads them; `cz (qwerty)` is a layout with a variant.
fn x_keys(keyboard: &Keyboard) -> String {
    let parts = keyboard.xlayouts.iter().map(|layout| {
        let (layout, variant) = layout.split_once('(').unwrap_or((layout, ""));
        (quoted(layout.trim()), quoted(variant.trim_end().trim_end_matches(')')))
    });
    let (layouts, variants): (Vec<_>, Vec<_>) = parts.unzip();
    let mut options = vec![("XkbLayout", layouts.join(","))];
    if variants.iter().any(|variant| !variant.is_empty()) {
        options.push(("XkbVariant", variants.join(",")));
    }
    if !keyboard.switch.is_empty() {
        options.push(("XkbOptions", quoted(&keyboard.switch.join(","))));
    }
    let options: String =
        options.iter().map(|(key, value)| format!("        Option \"{key}\" \"{value}\"\n")).collect();
    format!(
        "Section \"InputClass\"\n        Identifier \"system-keyboard\"\n        MatchIsKeyboard \"on\"\n\
         {options}EndSection\n"
    )
}

fn clock(inside: &mut Inside, timezone: &Timezone, redhat: bool, warnings: &mut Vec<String>) {
    let Timezone { line, timezone: zone, utc, .. } = timezone;
    let goes_down = !zone.starts_with('/') && !zone.split('/').any(|part| part == ".." || part.is_empty());
    let file = format!("/usr/share/zoneinfo/{zone}");
    // among the zones there are lists, and folders of zones
    let is_zone = |text: String| text.starts_with("TZif");
    if goes_down && inside.text(&file).is_some_and(is_zone) {
        inside.link("/etc/localtime", format!("..{file}"));
    } else if !matches!(zone.as_str(), "UTC" | "Etc/UTC") {
        // UTC is what an image without /etc/localtime has anyway.
        warnings.push(format!(
            "{line}: the image has no time zone {zone}; a package such as tzdata brings them",
            line = At(*line)
        ));
    }
    let keeps = if *utc { "UTC" } else { "LOCAL" };
    inside.set("/etc/adjtime", format!("0.0 0 0.0\n0\n{keeps}\n"));
    if redhat {
        inside.set("/etc/sysconfig/clock", format!("ZONE=\"{}\"\nUTC={utc}\n", quoted(zone)));
    }
}

fn host_name(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let mut lines = kickstart.network().into_iter().rev();
    let Some((line, name)) = lines.find_map(|network| Some((network.line, network.hostname?))) else {
        return;
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(fits) && !part.starts_with('-') && !part.ends_with('-')
    };
    if name.len() > 64 || !name.split('.').all(part) {
        warnings.push(format!(
            "{}: `network`: --hostname={name:?} is no name of a machine, as box.example is",
            At(line)
        ));
        return;
    }
    inside.set("/etc/hostname", format!("{name}\n"));
    if inside.has("/etc/sysconfig/network-scripts") {
        const FILE: &str = "/etc/sysconfig/network"; // where systems before systemd have it
        let text = inside.text(FILE).unwrap_or_default();
        inside.set(FILE, config::with(&text, "HOSTNAME", &name));
    }
}

/// Writes /etc/fstab, unless a package brought one that says something.
fn mounts(inside: &mut Inside, layout: &Layout) -> Option<String> {
    let had = inside.text("/etc/fstab").unwrap_or_default();
    let says_something =
        had.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    if says_something {
        return Some("the image has an /etc/fstab of its own, which stays as it is".to_owned());
    }
    for volume in &layout.volumes {
        if let Mount::At(path) = &volume.mount {
            inside.folder(path, 0o755, (0, 0));
        }
    }
    inside.set("/etc/fstab", crate::plan::fstab(layout));
    None
}
