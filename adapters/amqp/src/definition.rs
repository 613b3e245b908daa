//! What can be told of a process definition at a glance, without running or really parsing it.

mod scan;
mod tree;
mod xml;

/// What the engine takes for itself before it looks for a process of that name (ruote 2.3).
const ENGINE: &str = "add_branch add_branches apply as_soon_as await back break cancel cancel_process citerator \
    concurrence concurrent_iterator continue cron cursor dec decrement define echo equals error every filter forget \
    given if inc increment intercept iterator jump kill kill_process let listen loop lose noop of on_error once over \
    participant pop process_definition push read receive redo ref registerp repeat reserve reset restore rewind rset \
    save sequence set skip sleep stall stop subprocess terminate that undo unregisterp unset wait when \
    workflow_definition";

/// One expression of a definition, in the order they are written; the first is the process.
#[derive(Debug, PartialEq)]
struct Step {
    word: String,
    /// The name it has (`define`) or means (`participant`), where it says one.
    called: Option<String>,
}

/// Says what is wrong with the text of a definition: no engine can start this one, or it would start itself.
///
/// What might be a definition passes: the engine knows four forms, and every one has its surprises.
pub(crate) fn mistake(definition: &str) -> Option<String> {
    let text = definition.trim();
    if text.is_empty() {
        return Some("the process definition is empty".into());
    }
    if is_address(definition) {
        return Some(format!(
            "`{text}` is no process definition: the engine would look for a file of that name"
        ));
    }
    let none = |why: &str| Some(format!("this is no process definition: {why}"));
    let steps = match text.as_bytes()[0] {
        _ if is_ruby(text) => scan::steps(text),
        b'<' => xml::steps(text),
        b'[' if text[1..].trim_start().starts_with('"') => match tree::steps(text) {
            Ok(steps) => steps,
            Err(why) => return none(&why),
        },
        b'{' => return none("in JSON that is a list, not an object"),
        b'"' | b'\'' | b',' => return none("it begins with neither Ruby, JSON, XML nor the name of a step"),
        _ if has_end(text) && !text.contains('<') => {
            return none("in Ruby that begins with `Ruote.process_definition`");
        }
        _ if is_prose(text) => return none("its first line has words without commas between them"),
        _ => scan::steps(text),
    };
    calls_itself(&steps).then(|| {
        let name = steps[0].called.as_deref().unwrap_or_default();
        format!("the process `{name}` has a step of the same name: it would start itself again and again")
    })
}

/// The engine takes the name of a step for a process first, then for a sub-process, then for a participant.
fn calls_itself(steps: &[Step]) -> bool {
    let Some((Step { word, called: Some(name) }, steps)) = steps.split_first() else { return false };
    let means = |step: &Step| step.called.as_ref() == Some(name);
    let defined_anew = steps.iter().any(|step| is_define(&step.word) && means(step));
    let calls = |step: &Step| match step.word.as_str() {
        "participant" | "ref" => means(step),
        word => word == name && !ENGINE.split(' ').any(|own| own == word),
    };
    is_define(word) && !defined_anew && steps.iter().any(calls)
}

fn is_define(word: &str) -> bool {
    matches!(word, "define" | "process_definition" | "workflow_definition")
}

fn is_ruby(text: &str) -> bool {
    ["process_definition", "workflow_definition", "define"]
        .iter()
        .any(|it| text.contains(&format!("Ruote.{it}")))
}

/// A text without an end of line, and nothing in it that an address could not have.
fn is_address(text: &str) -> bool {
    let can = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?#%".contains(&byte);
    let word = text.trim();
    text.bytes().all(can) || word.bytes().all(can) && word.contains(['.', '/'])
}

/// The engine takes no text for radial that has an `end` at the beginning of a line.
fn has_end(text: &str) -> bool {
    text.lines().skip(1).any(|line| line.trim_matches(' ') == "end")
}

/// Three words and nothing else, where a step has commas between what follows its name.
fn is_prose(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = first.split(' ').filter(|word| !word.is_empty()).take(3).collect();
    words.len() == 3 && words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
