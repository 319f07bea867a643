#include "gut_form.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

/// One row of an option's list, its words turned into numbers where they should be.
class Row {
public:
    Row(std::string const& option, std::vector<std::string> const& words, std::string const& form)
        : option_{option}, words_{words}, form_{form}
    {
    }
    void expect(std::size_t count) const
    {
        if (words_.size() != count) fail("");
    }
    double number(std::size_t i, double least, double most, char const* what) const
    {
        std::string const& text = words_[i];
        double value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
            fail(std::string{what} + " '" + text + "' is no number; ");
        if (value < least || value > most)
            fail(std::string{what} + " " + text + " is outside " + std::to_string(std::lround(least)) + " to " +
                 std::to_string(std::lround(most)) + "; ");
        return value;
    }
    std::string const& word(std::size_t i, std::vector<std::string> const& choices, char const* what) const
    {
        if (std::ranges::find(choices, words_[i]) == choices.end())
            fail(std::string{what} + " '" + words_[i] + "' is unknown; ");
        return words_[i];
    }
    [[noreturn]] void fail(std::string const& why) const
    {
        std::string text;
        for (auto const& w : words_) text += (text.empty() ? "" : ":") + w;
        throw Error{option_ + "=" + text + ": " + why + "write " + form_};
    }

private:
    std::string option_;
    std::vector<std::string> words_;
    std::string form_;
};

/// Falls smoothly from 1 in the middle half to 0 at both ends.
double plateau(double from_middle_mm, double length_mm, double edge_mm)
{
    double const inside = std::clamp((length_mm / 2 - std::abs(from_middle_mm)) / edge_mm + 0.5, 0.0, 1.0);
    return inside * inside * (3 - 2 * inside);
}

void narrow(GulletProfile& gullet, GutPathology::Stricture const& stricture, unsigned seed)
{
    // Peptic and anastomotic ones are short and smooth, those of caustics long and uneven, of radiation tapering.
    double const edge =
        stricture.kind == "radiation" ? stricture.length_mm / 2 : std::min(6.0, stricture.length_mm / 2);
    double const rough = stricture.kind == "caustic" ? 0.12 : 0.0;
    auto const at = std::size_t(std::lround(stricture.at_mm));
    double const tightest = gullet.filled_mm[at] * (1 - stricture.percent / 100);
    for (std::size_t i = 0; i < gullet.filled_mm.size(); ++i) {
        double const off = double(i) - double(at);
        double const share = plateau(off, stricture.length_mm, edge);
        if (share > 0) {
            // The named percentage is the narrowest place's; elsewhere a caustic one is a little wider.
            double const uneven = 1 + rough * std::abs(noise({0, 0, double(i)}, 5, seed)) * (i == at ? 0 : 1);
            double const wanted = std::min(gullet.filled_mm[i], tightest * uneven);
            gullet.filled_mm[i] = std::lerp(gullet.filled_mm[i], wanted, share);
            double const rest = std::min(1.0, gullet.filled_mm[i] / gullet.open_side_mm[i]);
            gullet.open_side_mm[i] = std::max(1.0, gullet.open_side_mm[i] * rest);
            gullet.wall_mm[i] += 1.5 * share;
        } else if (off < 0 && off > -70 - stricture.length_mm) {
            // Wider above, the more the tighter.
            double const above = std::exp(off / 35) * std::max(0.0, stricture.percent - 40) / 60;
            gullet.filled_mm[i] *= 1 + 0.35 * above;
        }
    }
}

void make_achalasia(GulletProfile& gullet, BodyPlan const& plan, double diameter_mm)
{
    double const r = diameter_mm / 2, length = gullet.length_mm(), n = plan.scale;
    for (std::size_t i = 0; i < gullet.filled_mm.size(); ++i) {
        double const s = double(i);
        double const start = std::clamp((s - 25) / 45, 0.0, 1.0), end = std::clamp((length - 22 - s) / 40, 0.0, 1.0);
        double const share = start * start * (3 - 2 * start) * std::sin(end * std::numbers::pi / 2);
        // The beak: a smooth taper into a sphincter that stays shut.
        double const shut = 1.6 * n;
        double const base = s > length - 62 ? shut : gullet.filled_mm[i];
        gullet.filled_mm[i] = std::lerp(base, r, share);
        double const side = gullet.open_side_mm[i], other = gullet.open_other_mm[i];
        gullet.open_side_mm[i] = std::lerp(std::min(side, end < 1 ? std::max(shut, side * share) : side), r, share);
        gullet.open_other_mm[i] = std::max(other, 0.66 * r * share);
        gullet.wall_mm[i] = std::lerp(gullet.wall_mm[i], 3.0, share);
        // The spine does not give way: forward, and to the right, where there is lung.
        double const forward = std::max(0.0, gullet.open_other_mm[i] + gullet.wall_mm[i] - 6.5 * n);
        gullet.middle_mm[i] += Vec3{-0.5 * std::max(0.0, gullet.open_side_mm[i] - 9 * n), -forward, 0};
    }
}

} // namespace

GutPathology gut_pathology(PatientParameters const& parameters, double gullet_mm)
{
    GutPathology p;
    std::string const at_form =
        "; AT_MM is the distance below the upper sphincter, 5 to " + std::to_string(std::lround(gullet_mm - 5));
    double const last = gullet_mm - 5;
    auto const rows = [&](std::string const& option, std::string const& form, std::size_t most) {
        std::vector<Row> list;
        for (auto const& words : parameters.list(option)) list.emplace_back(option, words, form);
        if (list.size() > most) list.back().fail("only one can be there; ");
        return list;
    };
    for (Row const& row : rows("hiatal-hernia", "sliding:SIZE_MM or paraoesophageal:SIZE_MM (10 to 100)", 1)) {
        row.expect(2);
        p.hernia = row.word(0, {"sliding", "paraoesophageal"}, "the kind") == "sliding"
                       ? GutPathology::Hernia::sliding
                       : GutPathology::Hernia::paraoesophageal;
        p.hernia_mm = row.number(1, 10, 100, "the size");
    }
    for (Row const& row : rows("zenker", "the pouch's length in mm, 8 to 70, e.g. zenker=30", 1)) {
        row.expect(1);
        p.zenker_mm = row.number(0, 8, 70, "the length");
    }
    for (Row const& row : rows("oesophageal-ring", "the inner diameter in mm, 3 to 20, e.g. oesophageal-ring=12", 1)) {
        row.expect(1);
        p.ring_mm = row.number(0, 3, 20, "the diameter");
    }
    for (Row const& row :
         rows("stricture",
              "KIND:PERCENT:LENGTH_MM:AT_MM with KIND peptic, caustic, radiation or anastomotic, PERCENT "
              "10 to 95, LENGTH_MM 3 to 200" +
                  at_form,
              8)) {
        row.expect(4);
        p.strictures.push_back({row.word(0, {"peptic", "caustic", "radiation", "anastomotic"}, "the kind"),
                                row.number(1, 10, 95, "the percentage"), row.number(2, 3, 200, "the length"),
                                row.number(3, 5, last, "the place")});
    }
    for (Row const& row : rows("oesophageal-carcinoma", "AT_MM:LENGTH_MM (10 to 120)" + at_form, 4)) {
        row.expect(2);
        p.carcinomas.push_back({row.number(0, 5, last, "the place"), row.number(1, 10, 120, "the length")});
    }
    for (Row const& row : rows("achalasia", "mild, moderate or severe", 1)) {
        row.expect(1);
        std::string const& degree = row.word(0, {"mild", "moderate", "severe"}, "the degree");
        // Below 4 cm, 4 to 6 cm, above 6 cm (typical).
        p.achalasia_mm = degree == "mild" ? 32 : degree == "moderate" ? 48 : 66;
    }
    for (Row const& row : rows("varices", "a grade: 1, 2 or 3", 1)) {
        row.expect(1);
        row.word(0, {"1", "2", "3"}, "the grade");
        p.varices = int(row.number(0, 1, 3, "the grade"));
    }
    for (Row const& row : rows("leak", "AT_MM" + at_form, 1)) {
        row.expect(1);
        p.leak_mm = row.number(0, 5, last, "the place");
    }
    return p;
}

void apply(GutPathology const& pathology, BodyPlan const& plan, GulletProfile& gullet)
{
    auto const seed = unsigned(plan.parameters.seed);
    if (pathology.achalasia_mm > 0) make_achalasia(gullet, plan, pathology.achalasia_mm * std::cbrt(plan.scale));
    for (auto const& stricture : pathology.strictures) narrow(gullet, stricture, seed + 11);
    for (auto const& tumour : pathology.carcinomas)
        for (std::size_t i = 0; i < gullet.filled_mm.size(); ++i) {
            // Shoulders 3 mm long at both ends, an uneven channel of about a third between.
            double const share = plateau(double(i) - tumour.at_mm, tumour.length_mm, 3);
            double const channel = 0.34 + 0.1 * noise({0, 0, double(i)}, 6, seed + 12);
            gullet.filled_mm[i] *= std::lerp(1.0, std::clamp(channel, 0.15, 0.6), share);
            gullet.open_side_mm[i] = std::max(1.2, gullet.open_side_mm[i] * std::lerp(1.0, 0.45, share));
            gullet.wall_mm[i] += share * (5 + 1.2 * noise({0, 0, double(i)}, 9, seed + 13));
        }
    if (pathology.varices > 0)
        for (std::size_t i = 0; i < gullet.filled_mm.size(); ++i) {
            double const reach = 40.0 * pathology.varices + 20;
            double const share = std::clamp((double(i) - gullet.length_mm() + reach) / 20, 0.0, 1.0);
            double const thick = 1.0 + 2.0 * pathology.varices;
            gullet.filled_mm[i] -= share * 0.22 * thick * (1 + 0.5 * std::sin(double(i) / 4.5));
            gullet.wall_mm[i] += share * 0.35 * thick;
        }
    if (pathology.ring_mm > 0) {
        auto const at = std::size_t(std::lround(gullet.length_mm() - 3));
        for (std::size_t i = 0; i < gullet.filled_mm.size(); ++i) {
            double const off = std::abs(double(i) - double(at));
            // A web 2 to 3 mm thick in a vestibule that opens well.
            if (off < 14) gullet.filled_mm[i] = std::max(gullet.filled_mm[i], 10.5 * plan.scale);
            if (off < 1.5) gullet.filled_mm[i] = pathology.ring_mm / 2;
        }
    }
}

} // namespace fluoro
