//! Who is called in a tree.

use std::collections::BTreeSet;

use super::branch::{Attribute, Branch, Value};
use crate::tree::Place;
use crate::words;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) name: Option<String>,
    pub(super) sub_processes: BTreeSet<String>,
    pub(super) participants: BTreeSet<String>,
    pub(super) dynamic: BTreeSet<String>,
    pub(super) calls_itself: Option<Place>,
    variables: BTreeSet<String>,
}

impl Survey {
    pub(super) fn of(root: &Branch) -> Survey {
        let mut survey = Survey::default();
        let title = |branch: &Branch| {
            let name = branch.named("name").and_then(|(name, _)| name.text());
            name.filter(|_| words::is_define(&branch.name)).map(ToOwned::to_owned)
        };
        survey.name = title(root);
        for child in &root.children {
            child.walk(&mut |branch| {
                survey.sub_processes.extend(title(branch));
                survey.variables.extend(variable(branch));
            });
        }
        root.walk(&mut |branch| survey.see(branch));
        survey
    }

    fn see(&mut self, branch: &Branch) {
        match branch.name.as_str() {
            "participant" => match branch.named("ref") {
                Some((Value::Text(name), at)) => self.participant(name, at),
                Some((other, _)) => self.later(other),
                None => {}
            },
            "ref" => match branch.named("ref") {
                Some((Value::Text(name), at)) => self.step(name, at),
                Some((other, _)) => self.later(other),
                None => {}
            },
            "on_error" => self.on_error(branch),
            name if words::is_expression(name) => {}
            name => self.step(name, branch.at),
        }
        for attribute in &branch.attributes {
            match attribute.key.text() {
                Some("on_error" | "on_cancel" | "on_timeout" | "on_re_apply" | "on_reply") => {
                    self.handler(&attribute.value, attribute.at);
                }
                Some("timers") => self.timers(attribute),
                _ => {}
            }
        }
    }

    /// A name that is looked up: among the sub-processes first, then among the participants.
    fn step(&mut self, name: &str, at: Place) {
        if self.variables.contains(name) {
            self.dynamic.insert(name.into());
        } else if !self.sub_processes.contains(name) {
            self.participant(name, at);
        }
    }

    fn participant(&mut self, name: &str, at: Place) {
        if name.contains("${") || name.starts_with('$') {
            self.dynamic.insert(name.into());
            return;
        }
        if self.name.as_deref() == Some(name) && !self.sub_processes.contains(name) {
            self.calls_itself.get_or_insert(at);
        }
        self.participants.insert(name.into());
    }

    fn later(&mut self, value: &Value) {
        if let Value::Later(written) | Value::Other(written) = value {
            self.dynamic.insert(written.clone());
        }
    }

    /// `on_error 'handler'` and `on_error /pattern/ => 'handler'`; with steps in it those handle the error.
    fn on_error(&mut self, branch: &Branch) {
        if !branch.children.is_empty() {
            return;
        }
        match branch.text() {
            Some(text) => self.handler(&text.key, text.at),
            None => {
                branch
                    .attributes
                    .iter()
                    .take(1)
                    .for_each(|attribute| self.handler(&attribute.value, attribute.at));
            }
        }
    }

    /// `'alice'`, `'!alice'`, `'5s: retry, 1m: retry * 2, alice'`, `'jump to shark'`, or a tree.
    fn handler(&mut self, value: &Value, at: Place) {
        if let Some(tree) = value.branch(at) {
            return tree.walk(&mut |branch| self.see(branch));
        }
        let Value::Text(text) = value else { return self.later(value) };
        if text.contains("${") {
            self.dynamic.insert(text.clone());
            return;
        }
        for part in text.split(',') {
            let action = part.rsplit(':').next().unwrap_or_default();
            let name = action.split('*').next().unwrap_or_default().trim();
            self.action(name.strip_prefix('!').unwrap_or(name), at);
        }
    }

    /// `'1h: remind, 2h: timeout'`
    fn timers(&mut self, attribute: &Attribute) {
        let Value::Text(text) = &attribute.value else { return self.later(&attribute.value) };
        for (_, action) in text.split(',').filter_map(|timer| timer.rsplit_once(':')) {
            let action = action.trim();
            if !action.starts_with("err ") && action != "err" && !action.starts_with("error") {
                self.action(action, attribute.at);
            }
        }
    }

    fn action(&mut self, action: &str, at: Place) {
        if !words::is_handling(action) && !words::is_expression(action) {
            self.step(action, at);
        }
    }
}

/// The variable an expression sets: a step of that name may mean anything.
fn variable(branch: &Branch) -> Option<String> {
    let keyed = |names: &[&str]| names.iter().find_map(|name| branch.attribute(name)?.value.text());
    let name = match branch.name.as_str() {
        "set" | "rset" => keyed(&["v", "var", "variable"])
            .or_else(|| branch.attributes.iter().find_map(|attribute| prefixed(attribute.key.text()?))),
        _ => keyed(&["to_v", "to_var", "to_variable"]).or_else(|| prefixed(keyed(&["to"])?)),
    };
    name.map(ToOwned::to_owned)
}

/// `v:name`
fn prefixed(text: &str) -> Option<&str> {
    let (prefix, name) = text.split_once(':')?;
    matches!(prefix, "v" | "var" | "variable").then_some(name)
}
