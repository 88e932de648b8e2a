import { enableGame } from "./game";
import { enableEnvelopeCheck } from "./envelope";
import { focusSummary } from "./errors";
import { enableFilters } from "./filter";
import { enableSorting } from "./sort";

focusSummary(document);
enableFilters(document);
enableSorting(document);
enableEnvelopeCheck(document);
enableGame(document);
