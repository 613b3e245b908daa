//! What is found in definitions of every form, and what is said of texts that are none.

use process_engine::{Form, Outline};

/// The form, the name, and the participants with the dynamic ones behind a bar.
fn found(text: &str) -> (Form, Option<String>, String) {
    let outline = Outline::read(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let joined =
        |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut names = joined(outline.participants());
    if !outline.dynamic().is_empty() {
        names = format!("{names} | {}", joined(outline.dynamic()));
    }
    (outline.form(), outline.name().map(ToOwned::to_owned), names.trim().to_owned())
}

fn ruby(steps: &str) -> String {
    format!("Ruote.process_definition 'outer' do\n{steps}\nend\n")
}

#[test]
fn what_a_real_engine_ran_is_understood() {
    for (text, name, participants) in [
        (include_str!("outline/b1.pdef"), "wire_basic", "p1 p2_alpha"),
        (include_str!("outline/e_k2.pdef"), "cancel_k2", "k2 kh"),
        (include_str!("outline/e_k6.pdef"), "cancel_k6", "k6 kh"),
        (include_str!("outline/e_k7.pdef"), "cancel_k7", "k7 kh"),
        (include_str!("outline/e_k10.pdef"), "cancel_k10", "k10 kh"),
        (include_str!("outline/e_k11.pdef"), "cancel_k11", "k11 kh"),
        (include_str!("outline/f_conc_merge.pdef"), "f_conc_merge", "fa fb fc"),
        (include_str!("outline/f_cursor.pdef"), "f_cursor", "fa fb fc fd"),
        (include_str!("outline/f_iter.pdef"), "f_iter", "fa fb fc fd"),
    ] {
        assert_eq!(found(text), (Form::Ruby, Some(name.into()), participants.into()), "{text}");
        assert_eq!(Outline::read(text).unwrap().calls_itself(), None, "{text}");
    }
    let cursor = Outline::read(include_str!("outline/f_cursor.pdef")).unwrap();
    assert!(cursor.sub_processes().contains("do_sub"));
}

#[test]
fn one_process_is_the_same_in_all_forms() {
    let texts = [
        (
            Form::Ruby,
            "# two steps\nRuote.define :name => 'two', :revision => '1' do\n  alice :task => 'clean', :timeout => '2d'\n  \
             participant :ref => 'bob', :on_error => 'carol'\n  sub\n  define 'sub' do\n    participant '${f:next}'\n  end\nend",
        ),
        (
            Form::Json,
            r#"["define", {"name": "two", "revision": "1"}, [
                ["alice", {"task": "clean", "timeout": "2d"}, []],
                ["participant", {"ref": "bob", "on_error": "carol"}, []], ["sub", {}, []],
                ["define", {"sub": null}, [["participant", {"${f:next}": null}, []]]]]]"#,
        ),
        (
            Form::Xml,
            "<?xml version=\"1.0\"?>\n<process-definition name=\"two\" revision=\"1\">\n<!-- two steps -->\n\
             <alice task=\"clean\" timeout=\"2d\"/>\n<participant ref=\"bob\" on-error=\"carol\"/><sub/>\n\
             <define name=\"sub\"><participant>${f:next}</participant></define>\n</process-definition>",
        ),
        (
            Form::Radial,
            "\n# two steps\nprocess-definition name: two, revision: '1'\n  alice task: clean, timeout: 2d\n\n  participant \
             ref: bob, on-error: carol # not dave\n  sub\n  define sub\n    participant \"${f:next}\"",
        ),
    ];
    for (form, text) in texts {
        assert_eq!(found(text), (form, Some("two".into()), "alice bob carol | ${f:next}".into()), "{text}");
        let outline = Outline::read(text).unwrap();
        assert_eq!(outline.sub_processes().iter().collect::<Vec<_>>(), ["sub"], "{text}");
    }
}

#[test]
fn ruby_may_be_as_it_likes_around_the_steps() {
    for (steps, participants) in [
        ("", ""),
        ("iterator :on => '$f:list', :to => 'f:x' do\n alice\nend", "alice"),
        ("concurrence :count => 1 do\n alice\n bob :forget => true\nend", "alice bob"),
        ("repeat do\n alice\n _break :if => '${f:done}'\nend", "alice"),
        ("_loop do\n alice\nend", "alice"),
        ("_if '${f:a}' do\n alice\n bob\nend", "alice bob"),
        ("given '${f:a}' do\n that '== b' do\n alice\n end\n of 'c' do\n bob\n end\nend", "alice bob"),
        ("alice if true\nbob unless 1 == 2\n3.times { carol }", "alice bob carol"),
        ("['a', 'b'].each do |name|\n participant name, :x => 1\nend", "| name"),
        ("participant :ref => \"x#{1}\"", "| \"x#{1}\""),
        ("participant '${f:next}'\nref '$v:who'", "| $v:who ${f:next}"),
        ("set 'v:who' => 'bob'\nwho", "| who"),
        ("alice :task => %{clean up}, 'a' => { :b => [1, nil] }, /x/ => 1", "alice"),
        ("alice <<EOS\nbob\nEOS\ncarol", "alice carol"),
        ("subprocess :ref => 'sub'\ndefine 'sub' do\n alice\nend", "alice"),
        ("sequence :on_error => '5s: retry * 2, !bob, pass', :on_cancel => 'carol' do\nend", "bob carol"),
        ("sequence :on_error => '!bob' do\nend\nalice :on_timeout => 'jump to shark'", "alice bob"),
        ("sequence :on_error => ['bob', { 'task' => 'x' }, []] do\nend", "bob"),
        ("on_error /x/ => 'bob'\non_error 'carol'\non_error do\n dave\nend", "bob carol dave"),
        ("alice :timers => '1h: remind, 5h30m: error out of time, 6h: timeout, 7h: redo'", "alice remind"),
        ("alice :on_error => ''\nbob :on_error => '${f:handler}'", "alice bob | ${f:handler}"),
        ("alice :filter => lambda { |x| y }\nbob :code => ->(x) { z }", "alice bob"),
        ("participant 'a.b'\nself.carol", "a.b carol"),
    ] {
        assert_eq!(found(&ruby(steps)), (Form::Ruby, Some("outer".into()), participants.into()), "{steps}");
    }
    for text in [
        "Ruote.process_definition(:name => 'x') { alice }",
        "x = Ruote.define 'x' do alice end",
        "pdef = Ruote.define(:x) { alice }\npdef",
        "PDEF = Ruote.define 'x' do |ignored|\n alice\nend\n__END__\nbob",
    ] {
        assert_eq!(found(text), (Form::Ruby, Some("x".into()), "alice".into()), "{text}");
    }
    assert_eq!(found("Ruote.define do\nend").1, None);
}

#[test]
fn a_process_with_a_step_of_its_own_name_is_found() {
    for (text, line) in [
        ("Ruote.define 'x' do\n sequence do\n  x :a => 1\n end\nend", Some(3)),
        ("Ruote.define 'x' do\n participant :ref => 'x'\nend", Some(2)),
        ("Ruote.define 'x' do\n alice :on_error => 'x'\nend", Some(2)),
        ("[\"define\", {\"name\": \"x\"}, [\n[\"sequence\", {}, [\n[\"x\", {}, []]]]]]", Some(3)),
        ("<define name='x'>\n<sequence><participant ref='x'/></sequence></define>", Some(2)),
        ("define x\n  alice\n  x", Some(3)),
        // a sub-process of this name is what the step means
        ("Ruote.define 'x' do\n x\n define 'x' do\n  alice\n end\nend", None),
        // on purpose
        ("Ruote.define 'x' do\n subprocess 'x', :if => '${f:again}'\nend", None),
        ("Ruote.define 'sequence' do\n sequence do\n end\nend", None),
        ("Ruote.define do\n x\nend", None),
    ] {
        assert_eq!(Outline::read(text).unwrap().calls_itself(), line, "{text}");
    }
}

#[test]
fn what_no_engine_takes_is_refused_by_place() {
    for (text, place, words) in [
        ("", (1, 1), "is empty"),
        (" \n", (1, 1), "is empty"),
        ("create_image.pdef", (1, 1), "look for a file of that name"),
        ("create_image.pdef\n", (1, 1), "look for a file of that name"),
        ("http://host/x.pdef?a=b", (1, 1), "look for a file of that name"),
        ("Ruote.define", (1, 1), "look for a file of that name"),
        ("puts 1", (1, 1), "begins with `puts`"),
        ("this is\nno definition", (1, 1), "begins with `this`"),
        ("hello", (1, 1), "file of that name"),
        ("hello\n", (1, 1), "begins with `hello`"),
        ("process_definition 'x' do\n alice\nend", (1, 1), "begins with `Ruote.process_definition`"),
        // Ruby
        ("Ruote.define 'x' do\n alice\n", (3, 1), "this is not Ruby"),
        ("Ruote.define 'x' do\n alice :a =>\nend", (3, 1), "this is not Ruby"),
        ("Ruote.define 'x' do\nend\nputs 1", (3, 1), "has to end with"),
        ("Ruote.workflow_definition 'x' do\nend", (1, 1), "has to end with"),
        ("Ruote.define 'x' do\n alice\n `rm -r /`\nend", (3, 2), "takes no definition with a command"),
        ("Ruote.define 'x' do\n alice :a => File.read('x')\nend", (2, 14), "with `File`"),
        ("def x; end\nRuote.define { }", (1, 1), "with `def`"),
        ("Ruote.define do\n test :a => 1\nend", (2, 2), "`test` is a method of Ruby"),
        ("Ruote.define do\n loop do\n  alice\n end\nend", (2, 2), "write `_loop`"),
        ("Ruote.define do\n build.image\nend", (2, 2), "`participant 'a.b'`"),
        // JSON
        ("{\"define\": {}}", (1, 1), "a list, not an object"),
        ("[\"define\", {},\n [\"alice\" {}, []]]", (2, 11), "this is not JSON: expected `,` or `]`"),
        ("[\"define\", {},\n [\"alice\"]]", (2, 3), "a step in JSON is"),
        ("[\"define\", {},\n [[\"alice\", [], []]]]", (2, 13), "a step in JSON is"),
        ("[1, {}, []]", (1, 2), "a step in JSON is"),
        ("[]\n", (1, 1), "a step in JSON is"),
        ("[\"define\", {}, []] x", (1, 20), "this is not JSON"),
        // XML
        ("<define name='x'>\n<alice>\n</define>", (3, 1), "this is not XML"),
        ("\n  <define name=x/>", (2, 16), "this is not XML"),
        ("<define>\n<alice/>\n</define>", (1, 1), "takes XML without any attribute"),
        ("<!DOCTYPE a [<!ENTITY a 'b'>]>\n<define name='x'>&a;</define>", (1, 1), "DTD"),
        // radial
        ("define x\n  alice task: 'a b", (2, 18), "no radial text"),
        ("define x\n  alice a b", (2, 11), "no radial text"),
        ("sequence\n  alice\nbob", (3, 1), "not indented below the first one"),
        ("define x\r\n  alice\r\n", (1, 9), "no radial text"),
        ("define x\n  alice\r\n", (2, 3), "the carriage return"),
    ] {
        let error = Outline::read(text).expect_err(text);
        assert!(error.message.contains(words), "{text}\n{error}");
        assert_eq!((error.line, error.column), place, "{text}\n{error}");
    }
}

#[test]
fn hostile_texts_do_no_harm() {
    let bomb = (0..9).fold("<!ENTITY l0 'ha'>".to_owned(), |text, level| {
        text + &format!("<!ENTITY l{} '&l{level};&l{level};&l{level};&l{level};'>", level + 1)
    });
    let texts = [
        "x".repeat(1 << 20),
        "Ruote.define do\n".to_owned() + &"sequence do\n".repeat(5000),
        "Ruote.define do\n".to_owned() + &"sequence do\n".repeat(3000) + &"end\n".repeat(3001),
        "Ruote.define do\n".to_owned() + &"[".repeat(60_000),
        "Ruote.define do\n\0\nend".into(),
        "Ruote.define do\n alice '\0'\nend".into(),
        "Ruote.define do\n alice \"\\xff\\u{110000}\"\nend".into(),
        "Ruote.define <<A, <<B do\nA\n".into(),
        "[".repeat(60_000),
        "[\"a\",{},[".repeat(6000) + &"]]".repeat(6000),
        format!("[\"a\",{{\"b\":{}{}}},[]]", "[".repeat(9000), "]".repeat(9000)),
        "<a b='c'>".repeat(6000),
        "<a b='c'>".repeat(4000) + &"</a>".repeat(4000),
        format!("<!DOCTYPE x [{bomb}]><define name='&l9;'>&l9;</define>"),
        "define a: ".to_owned() + &"[".repeat(60_000),
        "define a: ".to_owned() + &"{a: ".repeat(15_000),
        "define a: ".to_owned() + &"[".repeat(30_000) + &"]".repeat(30_000),
        "define ".to_owned() + &"'a, ".repeat(15_000),
        "define x\n".to_owned() + &" alice\n".repeat(8000),
        "\u{feff}define x".into(),
        "define\u{0} \u{0}".into(),
        "é\u{301}\u{202e}\n".repeat(3000),
    ];
    for text in texts {
        let begin = std::time::Instant::now();
        let answer = Outline::read(&text);
        let start: String = text.chars().take(60).collect();
        assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{start}: {:?}", begin.elapsed());
        if let Err(error) = answer {
            assert!(
                !error.message.contains("breaks on") && !error.message.contains("come to an end"),
                "{start}: {error}"
            );
        }
    }
}
