//! Settings as commands.

use super::paper::Paper;
use super::settings::{Said, Settings};
use crate::edit::written;

impl Settings {
    /// Writes what the system is like.
    pub(super) fn write_system(&self, paper: &mut Paper) {
        for (key, command) in [("Language", "lang"), ("Keyboard", "keyboard"), ("Timezone", "timezone --utc")]
        {
            if let Some(said) = self.get(key) {
                paper.line(&format!("{command} {}", written(said.text.trim())), Some(&said.at));
            }
        }
    }

    /// Writes the partition that is made when no snippet says otherwise.
    pub(super) fn write_partition(&self, paper: &mut Paper) {
        let (size, form) = (self.get("PartSize"), self.get("FileSystem"));
        let Some(at) = size.or(form).map(|said| &said.at) else { return };
        let mut line = "part /".to_owned();
        if let Some(size) = size {
            line.push_str(&format!(" --size {}", size.text.trim()));
        }
        line.push_str(" --ondisk sda");
        if let Some(form) = form {
            line.push_str(&format!(" --fstype={}", written(form.text.trim())));
        }
        paper.line(&line, Some(at));
    }

    /// Writes the root password, the screen, the boot loader, the desktop and the user.
    pub(super) fn write_people(&self, paper: &mut Paper) {
        if let Some(said) = self.get("RootPass") {
            let text = said.text.trim();
            let word = if text.starts_with("--") { text.to_owned() } else { written(text) };
            paper.line(&format!("rootpw {word}"), Some(&said.at));
        }
        if self.yes("StartX") {
            paper.line("xconfig --startxonboot", self.get("StartX").map(|said| &said.at));
        }
        self.write_bootloader(paper);
        self.write_desktop(paper);
        if let Some(user) = self.get("DefaultUser") {
            let mut line = format!("user --name {} --groups audio,video", written(user.text.trim()));
            if let Some(password) = self.text("DefaultUserPass") {
                line.push_str(&format!(" --password {}", written(password)));
            }
            paper.line(&line, Some(&user.at));
        }
    }

    /// Writes one line of up to four settings; `Bootloader: no` leaves it out.
    fn write_bootloader(&self, paper: &mut Paper) {
        let own = self.get("Bootloader");
        let answer = own.and_then(|said| super::setting::yes_or_no(said.text.trim()));
        let (timeout, append) = (self.get("BootloaderTimeout"), self.get("BootloaderAppend"));
        let options = self.get("BootloaderOptions");
        let Some(at) = own.or(timeout).or(append).or(options).map(|said| &said.at) else { return };
        if answer == Some(false) {
            return;
        }
        let mut line = "bootloader".to_owned();
        let mut add = |text: &str| {
            line.push(' ');
            line.push_str(text);
        };
        timeout.into_iter().for_each(|said| add(&format!("--timeout={}", said.text.trim())));
        append.into_iter().for_each(|said| add(&format!("--append={}", always_quoted(said.text.trim()))));
        own.filter(|_| answer.is_none()).into_iter().for_each(|said| add(said.text.trim()));
        options.into_iter().for_each(|said| add(said.text.trim()));
        paper.line(&line, Some(at));
    }

    fn write_desktop(&self, paper: &mut Paper) {
        let (desktop, session) = (self.get("Desktop"), self.get("Session"));
        let Some(at) = desktop.or(session).map(|said| &said.at) else { return };
        let mut line = "desktop".to_owned();
        let mut add = |name: &str, said: Option<&Said>| {
            if let Some(said) = said {
                line.push_str(&format!(" {}", written(&format!("--{name}={}", said.text.trim()))));
            }
        };
        add("autologinuser", self.get("DefaultUser"));
        add("defaultdesktop", desktop);
        if let Some(session) = session {
            line.push_str(&format!(" --session={}", always_quoted(session.text.trim())));
        }
        paper.line(&line, Some(at));
    }

    /// Writes comments the web interface reads of a template.
    pub(super) fn write_headers(&self, flavour: Option<super::Flavour>, paper: &mut Paper) {
        let mut header = |name: &str, text: &str| paper.line(&format!("# {name}: {text}"), Some(&self.at));
        header("DisplayName", self.text("DisplayName").unwrap_or(&self.name));
        let flavour = flavour.map(|flavour| flavour.to_string());
        let architecture = self.text("SuggestedArchitecture").or(self.text("Architecture"));
        let more = [
            ("KickstartType", self.text("KickstartType").or(flavour.as_deref())),
            ("SuggestedArchitecture", architecture),
            ("SuggestedImageType", self.text("SuggestedImageType")),
            ("SuggestedFeatures", self.text("SuggestedFeatures")),
            ("DeviceModel", self.text("DeviceModel")),
            ("DeviceVariant", self.text("DeviceVariant")),
            ("Brand", self.text("Brand")),
        ];
        for (name, text) in more {
            text.into_iter().for_each(|text| header(name, text));
        }
    }
}

/// Returns a value in double quotes, as people write it also where it needs none.
fn always_quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
