#include <fluoro/body/vital_signs.hpp>

namespace fluoro {

std::vector<Medicine> const& medicines()
{
    // Typical effects in an adult; intracoronary doses for adenosine and glyceryl trinitrate.
    //                          mg    onset  half-life rate  resist. coron. breath sedat. analg. gut  reverses
    static std::vector<Medicine> const all{
        {"midazolam", 2, 60, 2400, 0, -0.04, 0, 0.18, 0.40, 0.00, 0, ""},
        {"fentanyl", 0.05, 50, 1800, -4, -0.02, 0, 0.22, 0.12, 0.55, 0, ""},
        {"flumazenil", 0.2, 30, 2700, 0, 0, 0, 0, 0, 0, 0, "midazolam"},
        {"naloxone", 0.2, 30, 2700, 0, 0, 0, 0, 0, 0, 0, "fentanyl"},
        {"atropine", 0.6, 25, 5400, 25, 0, 0, 0, 0, 0, 0.3, ""},
        {"adrenaline", 0.3, 90, 600, 22, 0.18, 0.3, 0, 0, 0, 0, ""},
        {"glyceryl-trinitrate", 0.2, 10, 180, 6, -0.12, 0.5, 0, 0, 0, 0, ""},
        {"adenosine", 0.1, 3, 12, -8, -0.03, 2.5, 0, 0, 0, 0, ""},
        {"verapamil", 2.5, 60, 7200, -5, -0.10, 0.2, 0, 0, 0, 0, ""},
        {"metoprolol", 5, 120, 10800, -12, 0.02, 0, 0, 0, 0, 0, ""},
        {"hyoscine", 20, 30, 1200, 22, -0.02, 0, 0, 0, 0, 0.9, ""},
        {"glucagon", 0.2, 40, 600, 3, 0, 0, 0, 0, 0, 0.8, ""},
        {"antihistamine", 10, 180, 14400, 0, 0, 0, 0, 0.08, 0, 0, ""},
        {"heparin", 50, 60, 5400, 0, 0, 0, 0, 0, 0, 0, ""},
    };
    return all;
}

} // namespace fluoro
