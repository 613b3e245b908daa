//! A process under way between two messages.

use std::cell::Cell;

use super::workitem::{dispatch, enter_tag, filled, leave_tag, params, plain};
use super::{Advanced, Attempt, Dispatch, Now};
use crate::definition::Definition;
use crate::json::{Object, raw};
use crate::position::{Position, Scope};
use crate::substitute::Sight;
use crate::tree::{Guard, Kind, Step, Target, Value, expid};
use crate::world::World;

/// More steps than this without waiting for a participant: the definition runs in circles.
const MOST_STEPS: usize = 20_000;
/// More text than this put into templates between two messages: the definition doubles something.
const MOST_TEXT: usize = 64 << 20;

/// Where to go from the step the process stands at.
pub(super) enum Motion {
    /// Do it.
    Enter,
    /// It is done.
    Leave,
    /// It was passed over, or is done and put away: on to the one after it.
    Next,
    /// The process is over.
    End,
    /// A participant has it now.
    Wait(Attempt),
}

pub(super) struct Run<'a> {
    definition: &'a Definition,
    wfid: &'a str,
    workitem: Object,
    fields: Object,
    pub(super) scopes: Vec<Scope>,
    dispatches: Vec<Dispatch>,
    world: &'a mut dyn World,
    room: Cell<usize>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        definition: &'a Definition,
        wfid: &'a str,
        workitem: Object,
        fields: Object,
        scopes: Vec<Scope>,
        world: &'a mut dyn World,
    ) -> Run<'a> {
        let room = Cell::new(MOST_TEXT);
        Run { definition, wfid, workitem, fields, scopes, dispatches: Vec::new(), world, room }
    }

    /// Goes on until the process waits or is over.
    pub(super) fn go(mut self, mut motion: Motion) -> Advanced {
        for _ in 0..MOST_STEPS {
            let moved = match motion {
                Motion::Enter => self.enter(),
                Motion::Leave => self.leave(),
                Motion::Next => self.next(),
                Motion::End => return self.done(|fields| Now::Ended { fields }),
                Motion::Wait(attempt) => {
                    let position = Position { scopes: self.scopes };
                    return Advanced { dispatches: self.dispatches, now: Now::Waiting { position, attempt } };
                }
            };
            motion = match moved {
                Ok(_) if self.room.get() == 0 => {
                    return self.failed("the texts it puts together have no end");
                }
                Ok(motion) => motion,
                Err(error) => return self.failed(&error),
            };
        }
        self.failed(&format!("it runs in circles: {MOST_STEPS} steps without a participant"))
    }

    pub(super) fn failed(self, error: &str) -> Advanced {
        let place = self.step().map(|step| format!("line {}: ", step.at.line)).unwrap_or_default();
        self.done(|fields| Now::Failed { error: format!("{place}{error}"), fields })
    }

    fn done(self, now: impl FnOnce(String) -> Now) -> Advanced {
        let fields = self.fields.to_raw().get().to_owned();
        Advanced { dispatches: self.dispatches, now: now(fields) }
    }

    /// The step the process stands at; `None` when the definition has no such place.
    pub(super) fn step(&self) -> Option<&'a Step> {
        self.definition.root.descend(&self.scopes.last()?.path)
    }

    fn here(&self) -> Result<&'a Step, String> {
        self.step().ok_or_else(|| "the definition has no such step".into())
    }

    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("a process under way has a scope")
    }

    fn enter(&mut self) -> Result<Motion, String> {
        let step = self.here()?;
        let sight = self.sight();
        let wanted = match &step.guard {
            Guard::Always => true,
            Guard::If(condition) => condition.holds(&sight),
            Guard::Unless(condition) => !condition.holds(&sight),
        };
        if !wanted {
            return Ok(Motion::Next);
        }
        if let Kind::Participant { name, forget: true, ref_last } = &step.kind {
            let before = self.fields.clone();
            step.tag.iter().for_each(|tag| enter_tag(&mut self.fields, tag));
            self.dispatch(step, name, *ref_last);
            self.fields = before;
            return Ok(Motion::Next);
        }
        step.tag.iter().for_each(|tag| enter_tag(&mut self.fields, tag));
        match &step.kind {
            Kind::Define { .. } if self.scopes.len() == 1 => Ok(Motion::Next),
            Kind::Sequence(_) | Kind::Define { .. } => Ok(self.child(step, 0)),
            Kind::Cursor { .. } => self.cursor(step, 0),
            Kind::Call { sub_process } => self.call(sub_process),
            Kind::Set { target, value } => self.set(target, value),
            Kind::CancelProcess => Ok(Motion::End),
            Kind::Participant { name, ref_last, .. } => {
                Ok(Motion::Wait(self.dispatch(step, name, *ref_last)))
            }
        }
    }

    fn leave(&mut self) -> Result<Motion, String> {
        self.here()?.tag.iter().for_each(|tag| leave_tag(&mut self.fields, tag));
        Ok(Motion::Next)
    }

    fn next(&mut self) -> Result<Motion, String> {
        let start = usize::from(self.scopes.len() > 1);
        let path = &mut self.scope().path;
        if path.len() == start {
            self.scopes.pop();
            if self.scopes.is_empty() {
                return Ok(Motion::End);
            }
            self.name_scope();
            return Ok(Motion::Leave);
        }
        let place = path.pop().expect("it is longer than the start");
        let parent = self.here()?;
        match parent.kind {
            Kind::Cursor { .. } => self.cursor(parent, place + 1),
            _ => Ok(self.child(parent, place + 1)),
        }
    }

    fn child(&mut self, parent: &Step, place: usize) -> Motion {
        if place >= parent.children().len() {
            return Motion::Leave;
        }
        self.scope().path.push(place);
        Motion::Enter
    }

    /// Asks a cursor where to go on; it is asked before its first step, too, as in the Ruote engine.
    fn cursor(&mut self, step: &Step, place: usize) -> Result<Motion, String> {
        let Kind::Cursor { break_if, rewind_if, .. } = &step.kind else {
            return Err("this step is no cursor".into());
        };
        if self.fields.remove("__command__").is_some() {
            return Err("a participant sent the cursor a __command__, which this engine does not know".into());
        }
        let sight = self.sight();
        let holds = |condition: &Option<_>| {
            condition.as_ref().is_some_and(|it: &crate::condition::Condition| it.holds(&sight))
        };
        let (over, again) = (holds(break_if), holds(rewind_if));
        match (over, again) {
            (true, _) => Ok(Motion::Leave),
            (false, true) => Ok(self.child(step, 0)),
            (false, false) => Ok(self.child(step, place)),
        }
    }

    fn call(&mut self, sub_process: &str) -> Result<Motion, String> {
        let place = self.definition.sub_process(sub_process).ok_or("there is no such sub-process")?;
        let launched_at = self.world.now();
        self.scopes.push(Scope { path: vec![place], variables: Object::default(), launched_at });
        self.name_scope();
        Ok(Motion::Enter)
    }

    fn set(&mut self, target: &Target, value: &Value) -> Result<Motion, String> {
        let sight = self.sight();
        let value = filled(value, &sight);
        match target {
            Target::Field(name) => {
                let name = name.text(&sight);
                self.fields
                    .set(&name, value.clone())
                    .map_err(|why| format!("cannot set the field `{name}`: {why}"))?;
            }
            Target::Variable(name) => self.scope().variables.put(name, value.clone()),
        }
        self.fields.put("__result__", value);
        Ok(Motion::Leave)
    }

    fn dispatch(&mut self, step: &Step, name: &str, ref_last: bool) -> Attempt {
        let attempt = Attempt {
            participant: name.to_owned(),
            expid: expid(&self.scope().path),
            subid: self.world.subid(),
            dispatched_at: self.world.now(),
        };
        let params = params(step, ref_last, &self.sight());
        self.dispatches.push(dispatch(
            &attempt,
            self.wfid,
            params,
            self.workitem.clone(),
            self.fields.clone(),
        ));
        attempt
    }

    /// Says in the workitem which sub-process it is in.
    pub(super) fn name_sub_process(&mut self) {
        let define = match self.scopes.as_slice() {
            [_, .., inner] => {
                self.definition.root.descend(inner.path.get(..1).unwrap_or_default()).map(|step| &step.kind)
            }
            _ => None,
        };
        let (name, revision) = match define {
            Some(Kind::Define { name, revision, .. }) => (raw(name), plain(revision)),
            _ => (raw(&self.definition.name), plain(&self.definition.revision)),
        };
        self.workitem.put("sub_wf_name", name);
        self.workitem.put("sub_wf_revision", revision);
    }

    /// Says also when that started.
    pub(super) fn name_scope(&mut self) {
        self.name_sub_process();
        let launched_at = raw(&self.scope().launched_at);
        self.workitem.put("sub_wf_launched_at", launched_at);
    }

    fn sight(&self) -> Sight<'_> {
        let path = self.scopes.last().map(|scope| scope.path.as_slice()).unwrap_or_default();
        Sight {
            fields: &self.fields,
            variables: self.scopes.iter().rev().map(|scope| &scope.variables).collect(),
            wfid: self.wfid,
            expid: expid(path),
            room: &self.room,
        }
    }
}
