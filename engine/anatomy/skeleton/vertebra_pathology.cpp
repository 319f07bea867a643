#include "vertebra_pathology.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& word : words) text += (text.empty() ? "" : ":") + word;
    return text;
}

constexpr char const* fracture_form =
    "; write LEVEL:wedge|biconcave|plana:PERCENT[:cleft|cleft-fluid][:posterior-wall], e.g. fracture=T12:wedge:40";
constexpr char const* metastasis_form =
    "; write LEVEL:lytic|blastic[:body|pedicle-left|pedicle-right], e.g. metastasis=L2:lytic:pedicle-left";

/// C3 to L5: those with a body and pedicles of the common kind.
Level level_in(std::string const& word, std::string const& where)
{
    for (int i = int(Level::c1) + 2; i <= int(Level::l5); ++i)
        if (name_of(level_at(i)) == word) return level_at(i);
    throw Error{where + ": '" + word + "' is none of the levels C3 to C7, T1 to T12, L1 to L5"};
}

} // namespace

double Fracture::anterior_left() const
{
    // Genant's grades: in a biconcave fracture the rims give way a little, in vertebra plana everything sinks.
    if (collapse == Collapse::wedge) return 1 - height_loss;
    return collapse == Collapse::plana ? 1 - height_loss : 1 - 0.15 * height_loss;
}

double Fracture::middle_left() const
{
    return collapse == Collapse::wedge ? 1 - 0.6 * height_loss : 1 - height_loss;
}

double Fracture::posterior_left() const
{
    if (collapse == Collapse::wedge) return 1 - 0.1 * height_loss;
    return collapse == Collapse::plana ? 1 - 0.9 * height_loss : 1 - 0.1 * height_loss;
}

std::vector<Fracture> fractures_of(PatientParameters const& parameters)
{
    std::vector<Fracture> fractures;
    for (auto const& words : parameters.list("fracture")) {
        std::string const where = "fracture=" + joined(words);
        if (words.size() < 3) throw Error{where + " lacks a word" + fracture_form};
        Fracture f;
        f.level = level_in(words[0], where);
        if (words[1] == "wedge")
            f.collapse = Collapse::wedge;
        else if (words[1] == "biconcave")
            f.collapse = Collapse::biconcave;
        else if (words[1] == "plana")
            f.collapse = Collapse::plana;
        else
            throw Error{where + ": '" + words[1] + "' is no kind of fracture" + fracture_form};
        PatientParameters percent;
        percent.options["fracture"] = words[2];
        f.height_loss = percent.number("fracture", 0) / 100;
        if (!(f.height_loss > 0 && f.height_loss <= 0.85))
            throw Error{where + ": a height loss of " + words[2] + " % is outside 1 to 85" + fracture_form};
        for (std::size_t i = 3; i < words.size(); ++i) {
            if (words[i] == "cleft")
                f.cleft = CleftContent::gas;
            else if (words[i] == "cleft-fluid")
                f.cleft = CleftContent::fluid;
            else if (words[i] == "posterior-wall")
                f.is_posterior_wall_broken = true;
            else
                throw Error{where + ": '" + words[i] + "' is unknown" + fracture_form};
        }
        if (std::ranges::any_of(fractures, [&](Fracture const& other) { return other.level == f.level; }))
            throw Error{where + ": " + words[0] + " is broken already; one fracture for each level"};
        fractures.push_back(f);
    }
    return fractures;
}

std::vector<Metastasis> metastases_of(PatientParameters const& parameters)
{
    std::vector<Metastasis> all;
    for (auto const& words : parameters.list("metastasis")) {
        std::string const where = "metastasis=" + joined(words);
        if (words.size() < 2 || words.size() > 3)
            throw Error{where + " has " + std::to_string(words.size()) + " words" + metastasis_form};
        Metastasis m;
        m.level = level_in(words[0], where);
        if (words[1] != "lytic" && words[1] != "blastic")
            throw Error{where + ": '" + words[1] + "' is no kind of metastasis" + metastasis_form};
        m.kind = words[1] == "lytic" ? LesionKind::lytic : LesionKind::blastic;
        if (words.size() == 3) {
            if (words[2] == "pedicle-left")
                m.site = LesionSite::pedicle_left;
            else if (words[2] == "pedicle-right")
                m.site = LesionSite::pedicle_right;
            else if (words[2] != "body")
                throw Error{where + ": '" + words[2] + "' is no site" + metastasis_form};
        }
        all.push_back(m);
    }
    return all;
}

BodyPathology pathology_of(PatientParameters const& parameters, Level level)
{
    BodyPathology found;
    for (Fracture const& f : fractures_of(parameters))
        if (f.level == level) found.fracture = f;
    for (Metastasis const& m : metastases_of(parameters))
        if (m.level == level) found.metastases.push_back(m);
    return found;
}

double scoliosis_deg(PatientParameters const& parameters)
{
    double const cobb = parameters.number("scoliosis_deg", 0);
    if (!(std::abs(cobb) <= 60))
        throw Error{"scoliosis_deg=" + parameters.options.at("scoliosis_deg") +
                    " is outside -60 to 60: write the Cobb angle of the thoracic curve, + = convex to the right"};
    return cobb;
}

} // namespace fluoro
