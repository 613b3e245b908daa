//! `services` lines: what starts with the image.

use crate::document::Kickstart;
use crate::reading::Named;

/// The services of every `services` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Services {
    /// `--enabled`.
    pub enabled: Vec<Named>,
    /// `--disabled`.
    pub disabled: Vec<Named>,
}

impl Kickstart {
    /// Returns the services that are switched on and off.
    pub fn services(&self) -> Services {
        let mut services = Services::default();
        for (line, of) in self.called(&["services"]) {
            let named = |name| Named { name, line };
            services.enabled.extend(of.list("--enabled").into_iter().map(named));
            services.disabled.extend(of.list("--disabled").into_iter().map(named));
        }
        services
    }
}
