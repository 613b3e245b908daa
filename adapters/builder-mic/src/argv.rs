//! What mic is called with; pure.

use std::ffi::OsString;
use std::path::Path;

use imaging::BuildRequest;

use crate::settings::Tool;

/// Everything of a call but what the request says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) tool: Tool,
    pub(crate) program: &'a Path,
    /// The kickstart, whose name is that of the image.
    pub(crate) kickstart: &'a Path,
    /// Where the results go.
    pub(crate) out: &'a Path,
    /// Where packages are kept.
    pub(crate) cache: &'a Path,
    /// Where mic works.
    pub(crate) tmp: &'a Path,
    /// A file that says so, for the mic that has no option for it.
    pub(crate) config: &'a Path,
    /// Where mic writes its log at its end; without one it asks questions.
    pub(crate) log: &'a Path,
    /// The options of the site.
    pub(crate) of_site: &'a [String],
    /// The options of the workitem.
    pub(crate) options: &'a [String],
}

/// Returns the words.
pub(crate) fn argv(request: &BuildRequest, call: &Call<'_>) -> Vec<OsString> {
    let image_type = request.image_type.as_str();
    let mut argv: Vec<OsString> = vec![call.program.into()];
    match call.tool {
        Tool::Mic => {
            argv.extend(["create", image_type].map(OsString::from));
            argv.push(call.kickstart.into());
        }
        Tool::Mic2 => {
            argv.extend([with("--format=", image_type), with("--config=", call.kickstart)]);
        }
    }
    argv.extend([with("--arch=", request.arch.as_str()), with("--outdir=", call.out)]);
    argv.extend(match call.tool {
        Tool::Mic => [with("--cachedir=", call.cache), with("--config=", call.config)],
        Tool::Mic2 => [with("--cache=", call.cache), with("--tmpdir=", call.tmp)],
    });
    argv.push(with("--logfile=", call.log));
    if !request.tokens.is_empty() {
        let tokens: Vec<_> = request.tokens.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        argv.push(with("--tokenmap=", tokens.join(",")));
    }
    argv.extend(call.of_site.iter().chain(call.options).map(OsString::from));
    argv
}

/// Returns the text of the file that tells mic where to work; what it leaves out, /etc/mic/mic.conf says.
pub(crate) fn config(tmp: &Path) -> String {
    // a value of Python's ConfigParser: `%` would begin a reference
    format!("[create]\ntmpdir = {}\n", tmp.display().to_string().replace('%', "%%"))
}

fn with(option: &str, value: impl Into<OsString>) -> OsString {
    let mut word = OsString::from(option);
    word.push(value.into());
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::request;
    use imaging::ImageType;

    fn call<'a>(tool: Tool, of_site: &'a [String], options: &'a [String]) -> Call<'a> {
        Call {
            tool,
            program: Path::new(tool.usual_program()),
            kickstart: Path::new("/b/demo.ks"),
            out: Path::new("/b/out"),
            cache: Path::new("/c"),
            tmp: Path::new("/b/tmp"),
            config: Path::new("/b/mic.conf"),
            log: Path::new("/b/mic.log"),
            of_site,
            options,
        }
    }

    #[test]
    fn each_mic_is_called_in_its_own_language() {
        let request = BuildRequest {
            tokens: vec![("A".into(), "x y".into()), ("B".into(), "http://h".into())],
            ..request(ImageType::Raw, &[])
        };
        let (site, options) = (["--copy-kernel".to_owned()], ["--record-pkgs=name; id".to_owned()]);
        for (tool, expected) in [
            (
                Tool::Mic,
                [
                    "/usr/bin/mic create raw /b/demo.ks",
                    "--arch=x86_64 --outdir=/b/out --cachedir=/c --config=/b/mic.conf --logfile=/b/mic.log",
                ],
            ),
            (
                Tool::Mic2,
                [
                    "/usr/bin/mic-image-creator --format=raw --config=/b/demo.ks",
                    "--arch=x86_64 --outdir=/b/out --cache=/c --tmpdir=/b/tmp --logfile=/b/mic.log",
                ],
            ),
        ] {
            let argv = argv(&request, &call(tool, &site, &options));

            let mut expected: Vec<_> = expected.iter().flat_map(|part| part.split(' ')).collect();
            expected.extend(["--tokenmap=A:x y,B:http://h", "--copy-kernel", "--record-pkgs=name; id"]);
            assert_eq!(argv, expected);
        }
    }

    #[test]
    fn no_tokens_are_no_option_and_a_percent_sign_stays_one() {
        let argv = argv(&request(ImageType::Fs, &[]), &call(Tool::Mic, &[], &[]));

        assert_eq!(argv.last().unwrap(), "--logfile=/b/mic.log");
        assert_eq!(config(Path::new("/a%b")), "[create]\ntmpdir = /a%%b\n");
    }
}
