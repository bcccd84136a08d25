"""Which editor serves which kind of field: the one place to add a line when a kind is added."""

from broker_desktop.records import field as kinds
from broker_desktop.records.month import Month
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.structure import Chain, Group, Keyed, Offers, Quantities, Rows
from broker_desktop.ui.forms import compound, dates, leaves, references
from broker_desktop.ui.forms.editor import EDITORS, Editor, FormContext


def _text(field: kinds.Text, context: FormContext) -> Editor:
    return leaves.NoteEditor(field, context) if field.lines else leaves.TextEditor(field, context)


EDITORS.update(
    {
        kinds.Text: _text,
        kinds.Texts: leaves.TextsEditor,
        kinds.PersonCode: leaves.TextEditor,
        kinds.Code: leaves.CodeEditor,
        kinds.Codes: leaves.CodesEditor,
        kinds.Number: leaves.number_editor,
        kinds.Year: leaves.YearEditor,
        kinds.Amount: leaves.AmountEditor,
        kinds.YesNo: leaves.YesNoEditor,
        kinds.Day: dates.DayEditor,
        kinds.Moment: dates.MomentEditor,
        Month: dates.MonthEditor,
        PersonRef: references.PersonEditor,
        RecordRef: references.RecordEditor,
        Quantities: compound.QuantitiesEditor,
        Offers: compound.OffersEditor,
        Group: compound.GroupEditor,
        Rows: compound.RowsEditor,
        Chain: compound.ChainEditor,
        Keyed: compound.KeyedEditor,
    }
)
