//! How much one kickstart may ask for; pure.
//!
//! Settings are looked up in tables of the image anew for each line, which is quick for as many as people write.

use std::collections::BTreeMap;

use img_kickstart::{At, Kickstart};

/// So many lines of one command fit, and so many services.
const MOST: usize = 1000;

/// Refuses what no person has written; the line is the first that is too many.
pub(super) fn check(kickstart: &Kickstart) -> Result<(), String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for command in kickstart.commands() {
        let count = counts.entry(command.name().to_owned()).or_default();
        *count += 1;
        if *count > MOST {
            let (name, line) = (command.name(), At(command.line));
            return Err(format!("the kickstart has more than {MOST} lines of `{name}` ({line})"));
        }
    }
    let services = kickstart.services();
    let named = services.enabled.len() + services.disabled.len();
    if named > MOST {
        return Err(format!("the kickstart names {named} services: at most {MOST} fit"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_lines_of_a_kind_fit() {
        let of = |text: String| check(&Kickstart::parse(text));
        let users = |count| (0..count).map(|number| format!("user --name=u{number}\n")).collect::<String>();

        assert_eq!(of(users(1000) + &"group --name=g\n".repeat(1000)), Ok(()));
        assert_eq!(
            of(users(1001)),
            Err("the kickstart has more than 1000 lines of `user` (line 1001)".into())
        );
        assert_eq!(
            of(format!("services --enabled=a{}", ",b".repeat(1000))),
            Err("the kickstart names 1001 services: at most 1000 fit".into())
        );
    }
}
