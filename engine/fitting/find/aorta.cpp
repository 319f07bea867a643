#include "findings.hpp"
namespace fluoro {
void find_aorta(Findings&, BodyPlan const&)
{
}
} // namespace fluoro
