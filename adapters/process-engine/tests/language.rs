//! What a definition may say, and what is said to one that says more.

use process_engine::{Definition, DefinitionError};
use proptest::prelude::*;

/// A process with these lines in it, the first of them line 2.
fn process(lines: &str) -> Result<Definition, DefinitionError> {
    Definition::parse(&format!("Ruote.process_definition 'outer' do\n{lines}\nend\n"))
}

#[test]
fn names_and_participants_are_found() {
    let definition = Definition::parse(
        "# a comment\nRuote.process_definition :name => 'x', :revision => '7' do\n  sequence do\n    sub\n    \
         participant :ref => 'by_ref'\n    participant 'by_text', task: 'this'\n  end\n  \
         define 'sub' do\n    cursor { by_name :a => 1 }\n  end\nend",
    )
    .unwrap();
    assert_eq!(definition.name(), Some("x"));
    assert_eq!(definition.participants().into_iter().collect::<Vec<_>>(), ["by_name", "by_ref", "by_text"]);
    assert_eq!(Definition::parse("Ruote.process_definition do\nend").unwrap().name(), None);
    assert_eq!(Definition::parse("Ruote.define 'y' do p end").unwrap().name(), Some("y"));
}

#[test]
fn the_language_is_understood() {
    for lines in [
        "sequence do end",
        "p1 :status => 'DONE', :list => [1, 'two', 3.5, true, nil], :nested => { 'a' => { :b => [] }, c: :value }",
        "p1 'some text', :tag => 't1'",
        "p1(:a => \"double\", \"b\" => -7, 'c d': +1_000, e: %w[a b])",
        "p1 'a' 'b', :c => \"two\nlines\"",
        "p1 :forget => true, :if => '${f:a.b} == c'",
        "p1 :forget => false\np1 :unless => '${__result__}'",
        "set :f => 'a', :value => 'true'\nset :field => 'a_${v:x}', :val => 1\nset 'f:a.b' => [1]\nset 'a' => nil",
        "set :v => 'x', :value => 1\nset :variable => 'y', :value => {}\nset 'v:z' => '$f:num', :if => '${f:a}'",
        "cursor :break_if => '${__result__} == false', :rewind_if => '${f:again}', :tag => 'c' do\n p1\nend",
        "terminate\ncancel_process :unless => '${f:a} != b'",
        "sub :if => '${f:a}', :tag => 's'\ndefine 'sub', :revision => 2 do p1 end",
        "define :sub do deeper end\ndefine 'deeper' do p1 end\nsub",
        "# nothing but a comment",
    ] {
        if let Err(error) = process(lines) {
            panic!("{lines}\n{error}");
        }
    }
}

#[test]
fn what_cannot_be_run_is_refused_by_line_and_expression() {
    let runs = "this engine runs sequence, cursor, define, set, cancel_process, terminate and participants";
    for (lines, place, expression, message) in [
        (
            "sequence do\n  iterator :on => [1] do\n  end\nend",
            (3, 3),
            "iterator :on => [1] do",
            &*format!("cannot run `iterator`: {runs}"),
        ),
        (
            "concurrence do\n p1\n p2\nend",
            (2, 1),
            "concurrence do",
            &format!("cannot run `concurrence`: {runs}"),
        ),
        (
            "cursor do\n p1\n rewind :if => '${f:a}'\nend",
            (4, 2),
            "rewind :if => '${f:a}'",
            &format!("cannot run `rewind`: {runs}"),
        ),
        ("Kernel.exit", (2, 1), "Kernel.exit", &format!("cannot run `Kernel.exit`: {runs}")),
        ("x = 1", (2, 1), "x = 1", &format!("cannot run `x = 1`: {runs}")),
        ("if true\n p1\nend", (2, 1), "if true", &format!("cannot run `if true`: {runs}")),
        ("p1 do\nend", (2, 1), "p1 do", "cannot run `p1` with a block"),
        ("sequence", (2, 1), "sequence", "`sequence` has no `do … end`"),
        ("sequence do |x|\nend", (2, 1), "sequence do |x|", &format!("cannot run `sequence do |x|`: {runs}")),
        (
            "p1 :timeout => '2s'",
            (2, 4),
            ":timeout => '2s'",
            "cannot run `:timeout`: of what a step can be told, this engine knows if, unless, tag and, for a participant, forget",
        ),
        (
            "p1 :on_error => 'pass'",
            (2, 4),
            ":on_error => 'pass'",
            "cannot run `:on_error`: of what a step can be told, this engine knows if, unless, tag and, for a participant, forget",
        ),
        (
            "sequence :forget => true do\n p1\nend",
            (2, 10),
            ":forget => true",
            "cannot run `sequence` with `:forget`",
        ),
        (
            "cursor :break_unless => '${f:a}' do\nend",
            (2, 8),
            ":break_unless => '${f:a}'",
            "cannot run `cursor` with `:break_unless`",
        ),
        (
            "p1 :if => '${f:a} =~ /x/'",
            (2, 4),
            ":if => '${f:a} =~ /x/'",
            "cannot ask `${f:a} =~ /x/`: this engine asks '${f:a}', '${f:a} == word' and '${f:a} != word'",
        ),
        ("p1 :if => true", (2, 4), ":if => true", "the condition `:if` has to be a text"),
        (
            "p1 :if => '${f:a}', :unless => '${f:b}'",
            (2, 21),
            ":unless => '${f:b}'",
            "the Ruote engine does not look at `:unless` beside `:if`: write one of them",
        ),
        (
            "p1 :é => 'ü', :a => \"#{rm}\"",
            (2, 21),
            "\"#{rm}\"",
            "`\"#{rm}\"` is no plain value: this engine reads texts without #{}, symbols, decimal numbers, true, false, nil, lists and hashes",
        ),
        (
            "p1 :a => 0x10",
            (2, 10),
            "0x10",
            "`0x10` is no plain value: this engine reads texts without #{}, symbols, decimal numbers, true, false, nil, lists and hashes",
        ),
        (
            "p1 :a => '${r:1}'",
            (2, 10),
            "'${r:1}'",
            "cannot put a value for `${r:1}`: this engine knows ${f:a.b}, ${v:name}, ${wfid} and \"$f:name\"",
        ),
        ("p1 :a => 1, :a => 2", (2, 13), ":a => 2", "`a` is given twice"),
        ("p1 'a', 'b'", (2, 9), "'b'", "a step takes one text without a key"),
        (
            "p1 x",
            (2, 4),
            "x",
            "`x` is no plain value: this engine reads texts without #{}, symbols, decimal numbers, true, false, nil, lists and hashes",
        ),
        ("p1 :forget => 'yes'", (2, 4), ":forget => 'yes'", "`:forget` is true or false"),
        ("participant :ref => '${f:who}'", (2, 13), ":ref => '${f:who}'", "`:ref` has to be a plain text"),
        ("set :if => '${f:a}'", (2, 1), "set :if => '${f:a}'", "this `set` does not say what to set"),
        ("set 'f:a' => 1, 'f:b' => 2", (2, 17), "'f:b' => 2", "cannot run `set` with `:f:b`"),
        ("set 'r:a' => 1", (2, 5), "'r:a' => 1", "only fields, `f:`, and variables, `v:`, can be set"),
        ("set 'v:/a' => 1", (2, 5), "'v:/a' => 1", "`/a` cannot be the name of a variable here"),
        ("p1\nset 'v:p1' => 'p2'", (3, 1), "set", "a variable `p1` would make its step mean something else"),
        (
            "sequence do\n define 'a' do\n end\nend",
            (3, 2),
            "define 'a' do",
            "`define` has to stand directly in the process definition",
        ),
        ("define do\nend", (2, 1), "define do", "this `define` has no name"),
        (
            "define 'cursor' do\nend",
            (2, 1),
            "define 'cursor' do",
            "`cursor` means something else to the engine",
        ),
        ("define 'a' do\nend\ndefine 'a' do\nend", (4, 1), "a", "`a` is defined twice"),
        ("define 'outer' do\nend", (2, 1), "outer", "`outer` is the name of the whole process already"),
        ("define 'a' do\n b\nend\ndefine 'b' do\n a\nend", (2, 1), "a", "the sub-process `a` calls itself"),
        (
            "participant 'a'\ndefine 'a' do\nend",
            (2, 1),
            "participant",
            "`a` is a sub-process here: call it by its name alone",
        ),
        (
            "p1\nouter",
            (3, 1),
            "outer",
            "the process and its participant are both called `outer`: the step would start the whole process again, and again: give the process another name",
        ),
        (
            "participant :ref => 'outer'",
            (2, 1),
            "participant",
            "the process and its participant are both called `outer`: the step would start the whole process again, and again: give the process another name",
        ),
    ] {
        let error = process(lines).expect_err(lines);
        let found = ((error.line, error.column), error.expression.as_str(), error.message.as_str());
        assert_eq!(found, (place, expression, message), "{lines}");
        assert_eq!(error.to_string(), format!("line {}: {message}", place.0));
    }
}

#[test]
fn what_is_no_definition_is_refused() {
    for (text, start) in [
        ("", "line 1: there is no process definition here"),
        ("# only a comment\n", "line 1: there is no process definition here"),
        ("p1", "line 1: a process definition is `Ruote.process_definition"),
        ("process_definition 'x' do\nend", "line 1: a process definition is"),
        ("Ruote.process_definition 'x'", "line 1: a process definition is"),
        ("require 'x'\nRuote.process_definition 'x' do\nend", "line 1: a process definition is"),
        (
            "Ruote.process_definition 'x', :if => 'y' do\nend",
            "line 1: cannot run a process definition with `:if`",
        ),
        ("Ruote.process_definition 'x' do\n sequence do\nend", "line 3: this is not Ruby: "),
        ("Ruote.process_definition 'x do\nend", "line 2: this is not Ruby: "),
        ("[\"define\", {}, []]", "line 1: a process definition is"),
    ] {
        let error = Definition::parse(text).expect_err(text).to_string();
        assert!(error.starts_with(start), "{text}\n{error}");
    }
}

#[test]
fn hostile_texts_are_only_refused() {
    let most = 64 * 1024;
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a: ", "}"),
        ("!", ""),
        ("-", ""),
        ("a = ", ""),
        ("a{", "}"),
        ("a.b", ""),
        ("1+", ""),
        ("a ", ""),
        ("\"#{", "}\""),
        ("if a\n", "end\n"),
        ("a do\n", "end\n"),
        ("sequence do\n", "end\n"),
        ("<<A\n", "A\n"),
        ("->{", "}"),
        ("%w(", ")"),
        ("[[],", "]"),
        ("\u{0}", ""),
        ("😀", ""),
        ("=begin\n", "=end\n"),
        ("__END__\n", ""),
        ("# encoding: utf-16\n", ""),
    ] {
        let times = (most - 200) / (open.len() + close.len());
        for inner in [open.repeat(times) + &close.repeat(times), open.repeat(times)] {
            assert!(Definition::parse(&inner).is_err());
            let _ = process(&inner);
            let _ = process(&format!("p1 :a => {inner}"));
        }
    }
    let long = "p1\n".repeat(most);
    assert_eq!(
        process(&long).unwrap_err().message,
        "the text has 196649 bytes: definitions are read up to 65536"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_breaks_the_reader(text in "(?s).{0,200}") {
        let _ = Definition::parse(&text);
    }

    #[test]
    fn no_damage_to_a_definition_breaks_the_reader(start in 0usize..900, length in 0usize..40, with in "[a-z:'\"#{}\\[\\]()=>,\n ]{0,12}") {
        let text = include_str!("../../../examples/processes/create_image.pdef");
        let from = text.len().saturating_sub(start);
        let until = (from + length).min(text.len());
        if text.is_char_boundary(from) && text.is_char_boundary(until) {
            let _ = Definition::parse(&format!("{}{with}{}", &text[..from], &text[until..]));
        }
    }
}
