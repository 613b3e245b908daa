//! Starts processes on the engine behind the broker.

use async_trait::async_trait;
use participant_core::{ENGINE_QUEUE, Launch, LaunchError, Launcher, Message, Transport};

use crate::transport::AmqpTransport;

#[async_trait]
impl Launcher for AmqpTransport {
    /// Hands the process to the engine's queue. What the engine would only choke on, without telling us, is refused here.
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        if let Some(mistake) = mistake(&launch.definition) {
            return Err(LaunchError(mistake.into()));
        }
        if !launch.fields.get().trim_start().starts_with('{') && launch.fields.get() != "null" {
            return Err(LaunchError("the fields are no object: the engine would launch nothing".into()));
        }
        let id = launch.id.clone();
        let message = Message { queue: ENGINE_QUEUE.into(), body: launch.body(), id };
        self.publish(&message).await.map_err(|error| LaunchError(Box::new(error)))
    }
}

/// Says what is wrong with the text of a definition, as far as a quick look can tell.
fn mistake(definition: &str) -> Option<String> {
    let text = definition.trim();
    if text.is_empty() {
        return Some("the process definition is empty".into());
    }
    if !text.contains(char::is_whitespace) && !text.starts_with(['[', '<']) {
        return Some(format!(
            "`{text}` is no process definition: the engine would look for a file of that name"
        ));
    }
    if text.starts_with('{') {
        return Some("a JSON definition is a list, not an object".into());
    }
    let name = process_name(text)?;
    calls(text, &name).then(|| {
        format!("the process `{name}` has a step of the same name: it would start itself again and again")
    })
}

/// Returns the name a Ruby definition gives to its process: `Ruote.process_definition 'name'`.
fn process_name(text: &str) -> Option<String> {
    let head = ["process_definition", "Ruote.define", "define"]
        .into_iter()
        .find_map(|word| text.find(word).map(|at| &text[at + word.len()..]))?;
    let head = head.lines().next()?;
    let head = head.trim_start_matches(['(', ' ']);
    let head = head.strip_prefix(":name").map_or(head, |rest| rest.trim_start_matches(['=', '>', ' ']));
    let quote = head.chars().next()?;
    match quote {
        '\'' | '"' => head[1..].split(quote).next().map(ToOwned::to_owned),
        ':' => Some(head[1..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
        _ => None,
    }
    .filter(|name| !name.is_empty())
}

/// Tells whether a line of the definition is a step of this name: `name …`, or `participant 'name'`.
fn calls(text: &str, name: &str) -> bool {
    text.lines().skip(1).map(str::trim).any(|line| {
        let by_keyword = line.strip_prefix("participant").or_else(|| line.strip_prefix("step"));
        let step = by_keyword.map_or(line, |rest| rest.trim_start_matches(['(', ' ', ':', '\'', '"']));
        step.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-.=?!".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_engine_can_start_is_launched() {
        for (definition, words) in [
            ("", "is empty"),
            ("  create_image.pdef\n", "file of that name"),
            ("http://x/y.pdef", "file of that name"),
            (r#"{"define": 1}"#, "a list"),
            ("Ruote.process_definition 'bench' do\n  bench :x => 1\nend", "itself"),
            (
                "Ruote.define :name => \"bench\" do\n  sequence do\n    participant 'bench', :x => 1\n  end\nend",
                "itself",
            ),
            ("Ruote.process_definition :bench do\n  bench\nend", "itself"),
        ] {
            let mistake = mistake(definition).unwrap_or_else(|| panic!("{definition} is accepted"));
            assert!(mistake.contains(words), "{definition}: {mistake}");
        }
        for definition in [
            "Ruote.process_definition 'bench' do\n  bench_it\n  bench.x\nend",
            "Ruote.process_definition do\n  sequence do\n    boss_register\n  end\nend",
            r#"["define",{"name":"x"},[["p",{},[]]]]"#,
            "<process-definition name='x'><p/></process-definition>",
            "define 'x'\n  participant p1",
        ] {
            assert_eq!(mistake(definition), None, "{definition}");
        }
    }
}
