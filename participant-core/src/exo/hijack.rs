//! Fields by which a participant takes over, unknowingly, how the engine delivers what comes after it.

use tracing::warn;

use crate::fei::Attempt;
use crate::outcome::Outcome;

/// The engine looks its delivery options up in the step, then in the workitem's fields, then in the registration.
const HIJACKERS: [&str; 8] = [
    "message",
    "routing_key",
    "exchange",
    "connection",
    "persistent",
    "correlation_id",
    "forget",
    "discard_cancel",
];

/// Warns of each field an outcome changes that the engine reads as a delivery option.
pub(super) fn warn_of_hijackers(attempt: &Attempt, outcome: &Outcome) {
    for field in hijackers(outcome) {
        warn!(
            "{attempt}: the field `{field}` changes how the engine delivers every later workitem of the process"
        );
    }
}

fn hijackers(outcome: &Outcome) -> impl Iterator<Item = &str> {
    outcome.touched().filter(|path| HIJACKERS.contains(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_delivery_options_at_the_top_of_the_fields_are_warned_of() {
        let outcome = Outcome::done()
            .set("message", "hello")
            .set("image.message", "fine")
            .copy("image.queue", "routing_key")
            .set("forgetful", true)
            .message("msg is a list of ours");
        assert_eq!(hijackers(&outcome).collect::<Vec<_>>(), ["message", "routing_key"]);
    }
}
