//! What makes the images of a site of which nobody says more.

use builder_mic::Tool;
use config::Configuration;

use crate::participants::vm::Machines;

/// Where mic runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// On this machine, as its root.
    Host,
    /// In a virtual machine that ends with the build.
    Vm,
}

/// What makes images of which nobody says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Usual {
    Dnf,
    /// dnf, although the site wants another; the sentence says why.
    DnfInstead(String),
    Mic(Tool, At),
}

/// What a configuration says about builders.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    builder: String,
    ict: Option<Tool>,
    use_kvm: bool,
}

impl Wish {
    pub(super) fn of(site: &Configuration) -> Wish {
        Wish {
            builder: site.text("worker", "builder").unwrap_or_default().to_lowercase(),
            ict: site.text("worker", "ict").and_then(|word| tool(&word.to_lowercase())),
            use_kvm: site.yes("worker", "use_kvm"),
        }
    }

    /// Names the key that asks for mic.
    pub(super) fn by(&self) -> &'static str {
        if tool(&self.builder).is_some() { "builder" } else { "ict" }
    }

    /// Says where mic runs.
    pub(super) fn at(&self) -> At {
        if self.use_kvm { At::Vm } else { At::Host }
    }
}

/// Decides what makes the images of a site.
///
/// `builder` is meant as it is said. `ict` comes out of files that are older than this program: a machine without that
/// mic, or without the base image of the virtual machine it was shut into, makes images all the same; each image says so.
pub(super) fn usual(wish: &Wish, is_there: &dyn Fn(Tool) -> bool, machines: &Machines) -> Usual {
    let at = wish.at();
    match (wish.builder.as_str(), tool(&wish.builder), wish.ict) {
        (_, Some(tool), _) => Usual::Mic(tool, at),
        ("dnf", ..) | (_, None, None) => Usual::Dnf,
        (_, None, Some(tool)) if at == At::Vm && machines.base.is_there() => Usual::Mic(tool, at),
        (_, None, Some(_)) if at == At::Vm => Usual::DnfInstead(format!(
            "[worker] use_kvm asks for a virtual machine, and there is no base image {} with a key {} (`img vm create-base` makes them): dnf makes the images, in a user namespace",
            machines.base.image.display(),
            machines.base.key.display()
        )),
        (_, None, Some(tool)) if is_there(tool) => Usual::Mic(tool, at),
        (_, None, Some(tool)) => Usual::DnfInstead(format!(
            "[worker] ict asks for {}, which is not on this machine: dnf makes the images, in a user namespace",
            tool.name()
        )),
    }
}

pub(super) fn tool(word: &str) -> Option<Tool> {
    [Tool::Mic, Tool::Mic2].into_iter().find(|tool| tool.name() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::State;
    use config::Sources;

    #[test]
    fn a_site_has_the_builder_it_asks_for_or_is_told_which_instead() {
        let (mic, mic2) = (Some(Tool::Mic), Some(Tool::Mic2));
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(Some(folder.path().to_owned())).unwrap();
        let machines =
            Machines::of(&Configuration::read(&Sources::of_machine(Some("/nonexistent".as_ref()))), &state);
        for (builder, ict, use_kvm, installed, expected) in [
            ("auto", None, false, true, "dnf"),
            ("auto", mic, false, true, "mic"),
            ("auto", mic2, false, true, "mic2"),
            ("auto", mic, false, false, "dnf instead"),
            ("auto", mic, true, true, "dnf instead"),
            ("auto", None, true, true, "dnf"),
            ("dnf", mic, false, true, "dnf"),
            ("mic", None, false, false, "mic"),
            ("mic2", mic, false, true, "mic2"),
            ("mic", None, true, false, "mic in vm"),
            ("", None, false, true, "dnf"),
        ] {
            let wish = Wish { builder: builder.into(), ict, use_kvm };
            let found = match usual(&wish, &|_| installed, &machines) {
                Usual::Dnf => "dnf",
                Usual::DnfInstead(_) => "dnf instead",
                Usual::Mic(tool, At::Host) => tool.name(),
                Usual::Mic(_, At::Vm) => "mic in vm",
            };
            assert_eq!(found, expected, "{wish:?} {installed}");
        }
        std::fs::create_dir(state.vm()).unwrap();
        std::fs::write(&machines.base.image, "").unwrap();
        std::fs::write(&machines.base.key, "").unwrap();
        let wish = Wish { builder: "auto".into(), ict: mic, use_kvm: true };
        assert_eq!(usual(&wish, &|_| false, &machines), Usual::Mic(Tool::Mic, At::Vm));
    }
}
