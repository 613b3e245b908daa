//! Lines a person can read; each says which job it belongs to.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

/// Writes to stderr, or wherever a test wants it.
pub(super) fn layer<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer()
        .log_internal_errors(false)
        .with_ansi(false)
        .event_format(Lines(Format::default()))
        .with_writer(writer)
}

/// The usual format, in which a text of several lines has the job before each of them.
struct Lines(Format);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        self.0.format_event(context, Writer::new(&mut text), event)?;
        let mut lines = text.lines();
        writeln!(out, "{}", lines.next().unwrap_or_default())?;
        for line in lines {
            for span in
                context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root)
            {
                let extensions = span.extensions();
                let fields =
                    extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.as_str());
                write!(out, "{}{{{fields}}}: ", span.name())?;
            }
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_of_a_text_says_which_job_it_belongs_to() {
        let written = Written::default();
        let to = written.clone();
        let log = tracing_subscriber::registry().with(super::layer(move || to.clone()));
        tracing::subscriber::with_default(log, || {
            let _job = tracing::error_span!("job", wfid = "w1", image_id = "i1").entered();
            tracing::info!("one\ntwo\nthree");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let job = "job{wfid=\"w1\" image_id=\"i1\"}: ";
        assert!(lines[0].contains(job) && lines[0].ends_with(": one"), "{text}");
        assert_eq!(lines[1..], [format!("{job}two"), format!("{job}three")]);
    }
}
