//! `config show`: every constant that the analysis rests on.

use comfy_table::CellAlignment;
use infra_analysis::Constants;

use crate::args::{ConfigArgs, ConfigFormat, ConfigKind};
use crate::exit::Exit;
use crate::{output, terminal};

pub(crate) fn run(args: &ConfigArgs) -> anyhow::Result<Exit> {
    let ConfigKind::Show { format } = &args.kind;
    let entries = Constants::default().entries();
    let text = match format {
        ConfigFormat::Json => format!("{}\n", serde_json::to_string_pretty(&entries)?),
        ConfigFormat::Table => {
            let mut table = terminal::table(["constant", "value", "range", "unit", "meaning"]);
            for e in &entries {
                let (low, high) = e.range;
                table.add_row([e.name, &e.value.to_string(), &format!("{low}..{high}"), e.unit, e.doc]);
            }
            if let Some(column) = table.column_mut(1) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            format!("{}\n", table.trim_fmt())
        },
    };
    output::stdout(&text)?;
    Ok(Exit::Success)
}
