//! Random processes, run as they are and with a stop at every step.

use proptest::prelude::*;

use super::{Advanced, Dispatch, Now, launch, reply};
use crate::definition::Definition;
use crate::json::{Object, raw};
use crate::position::Position;
use crate::world::World;

/// Time and names that are the same in every run.
#[derive(Debug, Default)]
struct Counting(u64);

impl World for Counting {
    fn now(&mut self) -> String {
        self.0 += 1;
        format!("2026-11-21 07:39:38.{:06} UTC", self.0)
    }

    fn subid(&mut self) -> String {
        self.0 += 1;
        format!("{:032x}", self.0)
    }
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("nil".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (-1e9..1e9).prop_map(|number: f64| format!("{number:?}")),
        "[a-z é😀]{0,6}".prop_map(|text| format!("'{text}'")),
        Just("'${f:a.b} ${v:x} ${__result__} ${wfid}'".to_owned()),
        Just("\"$f:a\"".to_owned()),
        Just(":symbol".to_owned()),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|list| format!("[{}]", list.join(", "))),
            inner.prop_map(|value| format!("{{ 'k' => {value}, j: 1 }}")),
        ]
    })
}

fn guard() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        1 => Just(", :if => '${__result__} == false'".to_owned()),
        1 => Just(", :unless => '${f:a}'".to_owned()),
        1 => Just(", :tag => 't'".to_owned()),
    ]
}

fn step() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => ("[pq][0-9]", value(), guard()).prop_map(|(name, value, guard)| format!("{name} :a => {value}{guard}\n")),
        1 => value().prop_map(|value| format!("told :forget => true, :a => {value}\n")),
        2 => (value(), guard()).prop_map(|(value, guard)| format!("set 'f:a' => {value}{guard}\n")),
        1 => (value(), guard()).prop_map(|(value, guard)| format!("set :v => 'x', :value => {value}{guard}\n")),
        2 => guard().prop_map(|guard| format!("inner{}\n", guard.trim_start_matches(','))),
        1 => Just("terminate :if => '${__result__} == stop'\n".to_owned()),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let steps = prop::collection::vec(inner, 0..4).prop_map(|steps| steps.concat());
        (steps, guard(), any::<bool>()).prop_map(|(steps, guard, cursor)| match cursor {
            true => format!("cursor :break_if => '${{__result__}} == false'{guard} do\n{steps}end\n"),
            false => format!("sequence {} do\n{steps}end\n", guard.trim_start_matches(", ")),
        })
    })
}

fn process() -> impl Strategy<Value = String> {
    let steps = || prop::collection::vec(step(), 0..5).prop_map(|steps| steps.concat());
    (steps(), steps()).prop_map(|(outer, inner)| {
        let inner = inner.replace("inner", "deepest");
        let define = format!("define 'inner' do\n{inner}end\ndefine 'deepest' do\np1\nend\n");
        format!("Ruote.process_definition 'random', :revision => '1' do\n{outer}{define}end\n")
    })
}

/// Runs a process to its end with a participant that answers by the clock; `stop` is what happens while it waits.
fn run(text: &str, stop: impl Fn(Definition, Position) -> (Definition, Position)) -> (Vec<Dispatch>, Now) {
    let mut world = Counting::default();
    let mut definition = Definition::parse(text).expect("the strategy writes what can be read");
    let fields = Object::parse(r#"{"a":{"b":[1,2.50]},"z":"\u00e9"}"#).expect("an object");
    let mut advanced = launch(&definition, "W", fields, Object::default(), &mut world);
    let mut sent = Vec::new();
    loop {
        let Advanced { dispatches, now } = advanced;
        let last = dispatches.last().map(|dispatch| dispatch.body.clone());
        sent.extend(dispatches);
        let Now::Waiting { position, .. } = now else { return (sent, now) };
        let (read, position) = stop(definition, position);
        definition = read;
        let mut item =
            Object::parse(&last.expect("it waits for the last workitem it sent")).expect("an object");
        let mut fields = item.object("fields").expect("an object");
        fields.put("__result__", [raw(&true), raw(&false), raw("stop")][sent.len() % 3].clone());
        item.put("fields", fields.to_raw());
        advanced = reply(&definition, "W", position, item, &mut world);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_process_read_back_at_every_step_goes_on_as_if_it_had_never_stopped(text in process()) {
        let straight = run(&text, |definition, position| (definition, position));
        let stopped = run(&text, |definition, position| {
            let stored = serde_json::to_string(&position).expect("positions can be written");
            let read: Position = serde_json::from_str(&stored).expect("and read");
            assert_eq!(read, position);
            let again = Definition::parse(&text).expect("as before");
            assert_eq!(again, definition);
            (again, read)
        });
        prop_assert_eq!(&straight, &stopped);
        for dispatch in &straight.0 {
            let item: serde_json::Value = serde_json::from_str(&dispatch.body).expect("workitems are JSON");
            prop_assert!(item["fields"]["__result__"].is_null());
        }
    }
}
