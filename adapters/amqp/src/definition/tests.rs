use super::*;

#[test]
fn what_no_engine_could_start_is_refused() {
    for (definition, words) in [
        ("", "is empty"),
        (" \n\t", "is empty"),
        ("create_image.pdef", "file of that name"),
        ("  create_image.pdef\n", "file of that name"),
        ("http://x/y.pdef", "file of that name"),
        ("alice", "file of that name"),
        (r#"{"define": 1}"#, "a list, not an object"),
        (r#"["define", {}"#, "this is not JSON: EOF"),
        (r#"["define", {}]"#, "a step in JSON is a list"),
        (r#"["define", [], []]"#, "a step in JSON is a list"),
        (r#"["define", {}, {}]"#, "a step in JSON is a list"),
        (r#"["define", {}, [["alice", {}, []], "bob"]]"#, "invalid type: string \"bob\""),
        (r#""define""#, "begins with neither"),
        ("process_definition 'x' do\n  alice\nend", "begins with `Ruote.process_definition`"),
        ("please build my image", "without commas"),
    ] {
        let mistake = mistake(definition).unwrap_or_else(|| panic!("{definition} is accepted"));
        assert!(mistake.contains(words), "{definition}: {mistake}");
    }
}

#[test]
fn a_process_with_a_participant_of_its_own_name_is_refused() {
    for definition in [
        "Ruote.process_definition 'bench' do\n  bench :x => 1\nend",
        "Ruote.define :name => \"bench\" do\n  sequence do\n    participant 'bench', :x => 1\n  end\nend",
        "Ruote.process_definition :bench do\n  bench\nend",
        "pdef = Ruote.process_definition(:revision => '1', :name => 'bench') { bench }",
        "# it's\nRuote.define name: 'bench' do\n  alice; participant(:ref => 'bench')\nend",
        "Ruote.define 'bench' do\n  concurrence do bench end\nend",
        "Ruote.define 'bench' do\n  alice :a => 1,\n    :b => 2\n  _bench\nend",
        r#"["define", {"name": "bench"}, [["sequence", {}, [["bench", {"x": 1}, []]]]]]"#,
        r#"["define",{"bench":null},[["participant",{"ref":"bench"},[]]]]"#,
        "<process-definition name=\"bench\">\n<!-- > --><sequence><bench x='1'/></sequence></process-definition>",
        "<?xml version='1.0'?><define name='a_b'><a-b/></define>",
        "<define name='bench'><participant ref='bench'/></define>",
        "<define name='bench'><participant>bench</participant></define>",
        "define bench\n  sequence\n    bench",
        "process-definition name: 'bench'\n  participant ref: bench, x: 1",
    ] {
        let mistake = mistake(definition).unwrap_or_else(|| panic!("{definition} is accepted"));
        assert!(mistake.contains("itself again"), "{definition}: {mistake}");
    }
}

#[test]
fn what_an_engine_might_take_passes() {
    for definition in [
        "Ruote.process_definition 'bench' do\n  bench_it\n  bench.x\nend",
        "Ruote.process_definition do\n  sequence do\n    boss_register\n  end\nend",
        "Ruote.define 'bench' do\n  # bench\n  alice :a => 1,\n    bench: 2, 'bench' => 3, :c => {\n bench => 1 }\nend",
        "Ruote.define 'bench' do\n  bench = 5\n  alice :text => 'two\n  bench\n lines'\nend",
        "Ruote.define 'bench' do\n  alice <<X\nbench\nX\nend",
        "Ruote.define 'bench' do\n  alice\nend\n__END__\nbench",
        "# Ruote.define 'alice' was the old one\nRuote.define 'new' do\n  alice\nend",
        "Ruote.define 'sequence' do\n  sequence do\n    alice\n  end\nend",
        // the name means the sub-process, or is meant
        "Ruote.define 'bench' do\n  bench\n  define 'bench' do\n    alice\n  end\nend",
        "Ruote.define 'bench' do\n  subprocess 'bench', :if => '${f:more}'\nend",
        r#"["define",{"name":"x"},[["p",{},[]]]]"#,
        " [\n\"alice\", {}, []]\n",
        "<process-definition name='x'><p/></process-definition>",
        "<process-definition name='x'><alice task='x'>x</alice><x",
        "define 'x'\n  participant p1",
        "define 'x'\n  alice task: don't\n  y",
        "alice task: clean",
        "alice\n",
        "héllo wörld ünd so",
        "[alice",
    ] {
        assert_eq!(mistake(definition), None, "{definition}");
    }
}

#[test]
fn hostile_texts_end() {
    for text in [
        "[\"a\",{},[".repeat(20_000) + &"]]".repeat(20_000),
        "<".repeat(100_000),
        "<a b='c'>".repeat(20_000),
        "define x\n".to_owned() + &"'".repeat(100_001),
        "Ruote.define 'x' do\n".to_owned() + &"{".repeat(100_000),
        "\u{0}\u{feff}é".repeat(10_000),
    ] {
        let _ = mistake(&text);
    }
}
