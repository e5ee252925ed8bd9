//! `report`: the failure-analysis report, in one format or in several at once.

use std::path::{Component, Path, PathBuf};

use infra_report::{Exhibits, Pictures, ReportModel, pictures, to_html, to_json};

use super::tell_warnings;
use crate::args::{ReportArgs, ReportFormat};
use crate::exit::{Exit, usage};
use crate::session::Session;
use crate::{markdown, output};

pub(crate) fn run(args: &ReportArgs, redacted: bool) -> anyhow::Result<Exit> {
    let targets = targets(args)?;
    for (_, path) in &targets {
        output::refuse_input(path.as_deref(), &args.analysis.run)?;
    }
    if args.embed && !args.format.contains(&ReportFormat::Md) {
        return Err(usage("--embed: pictures are embedded in Markdown, which --format leaves out"));
    }
    if args.template.is_some() && !args.format.contains(&ReportFormat::Md) {
        return Err(usage("--template: is for Markdown, which --format leaves out"));
    }
    let session = Session::open(&args.analysis, redacted)?;
    tell_warnings(session.log.run());
    let analysis = session.analyse()?;
    let model = session.report(&analysis)?;
    let pages = args.format.contains(&ReportFormat::Html);
    let draws = args.embed || args.assets.is_some() || pages;
    let shown = if draws { session.exhibits(&analysis, &model, pages)? } else { Exhibits::default() };
    // Everything is made before anything is written.
    let texts = targets
        .iter()
        .map(|(format, path)| render(*format, args, path.as_deref(), &model, &shown))
        .collect::<anyhow::Result<Vec<String>>>()?;
    if let Some(folder) = &args.assets {
        for (name, picture) in pictures::files(&shown) {
            output::emit(Some(&folder.join(name)), picture)?;
        }
    }
    for ((_, path), text) in targets.into_iter().zip(texts) {
        output::emit(path.as_deref(), text)?;
    }
    Ok(Exit::Success)
}

fn render(
    format: ReportFormat,
    args: &ReportArgs,
    path: Option<&Path>,
    model: &ReportModel,
    shown: &Exhibits,
) -> anyhow::Result<String> {
    Ok(match format {
        ReportFormat::Md => {
            let pictures = match &args.assets {
                Some(folder) => Some(Pictures::beside(shown, &relative(path, folder)?)),
                None if args.embed => Some(Pictures::embedded(shown)),
                None => None,
            };
            markdown::render(model, args.template.as_deref(), path, pictures.as_ref())?
        },
        ReportFormat::Html => to_html(model, shown)?,
        ReportFormat::Json => to_json(model)?,
    })
}

/// Each format with the file that it goes to; of several, each with its own ending.
fn targets(args: &ReportArgs) -> anyhow::Result<Vec<(ReportFormat, Option<PathBuf>)>> {
    let mut formats: Vec<ReportFormat> = Vec::new();
    for format in &args.format {
        if !formats.contains(format) {
            formats.push(*format);
        }
    }
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    match (formats.as_slice(), output) {
        ([format], _) => Ok(vec![(*format, args.output.clone())]),
        (_, Some(path)) => Ok(formats.iter().map(|f| (*f, Some(with_ending(path, *f)))).collect()),
        (_, None) => Err(usage("--format: several formats need -o FILE; each gets its own ending")),
    }
}

/// `report.md` becomes `report.html`; an ending that is no format's is part of the name.
fn with_ending(path: &Path, format: ReportFormat) -> PathBuf {
    let ending = format.extension();
    let known =
        |e: &str| ["md", "markdown", "html", "htm", "json"].contains(&e.to_ascii_lowercase().as_str());
    match path.extension().and_then(|e| e.to_str()) {
        Some(e) if known(e) => path.with_extension(ending),
        _ => {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(ending);
            name.into()
        },
    }
}

/// A folder as seen from the report, with slashes; from the working folder if there is no file.
fn relative(report: Option<&Path>, folder: &Path) -> anyhow::Result<String> {
    let here = Path::new(".");
    let file = report.filter(|path| path.as_os_str() != "-");
    let from = file.and_then(Path::parent).filter(|p| !p.as_os_str().is_empty()).unwrap_or(here);
    let parts = |path: &Path| -> std::io::Result<Vec<String>> {
        let mut parts: Vec<String> = Vec::new();
        for part in std::path::absolute(path)?.components() {
            match part {
                Component::CurDir => {},
                Component::ParentDir => drop(parts.pop()),
                other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
            }
        }
        Ok(parts)
    };
    let (from, to) = (parts(from)?, parts(folder)?);
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    Ok(up.chain(to[common..].iter().map(String::as_str)).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_of_formats_are_replaced_and_others_kept() {
        let found = ["r.md", "a/r.HTML", "r", "r.v1"].map(|p| with_ending(Path::new(p), ReportFormat::Json));
        assert_eq!(found, ["r.json", "a/r.json", "r.json", "r.v1.json"].map(PathBuf::from));
    }

    #[test]
    fn a_folder_is_named_as_the_report_sees_it() {
        let seen =
            |report: Option<&str>, folder: &str| relative(report.map(Path::new), Path::new(folder)).unwrap();
        assert_eq!(seen(Some("out/report.md"), "out/pictures"), "pictures");
        assert_eq!(seen(Some("out/report.md"), "pictures"), "../pictures");
        assert_eq!(seen(Some("/a/b/r.md"), "/a/c/./d/../e"), "../c/e");
        assert_eq!(seen(None, "pictures"), "pictures");
        assert_eq!(seen(Some("out/r.md"), "out"), "");
    }
}
