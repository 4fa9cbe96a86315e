/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steering tags of the bench: what the firmware of a machine with TPH
 * answers on its host bridges (PCI Firmware Specification, _DSM to query the
 * cache locality TPH features: revision 7, function 15).
 *
 * For the processor with the ACPI UID u:
 *
 *                 8-bit tag    16-bit tag
 *   volatile      0x11 + u     0x5201 + 0x10 * u
 *   persistent    0x41 + u     0x6301 + 0x10 * u
 *
 * and on the second host bridge 0x80 or 0x8000 more: no two answers are the
 * same, and no 8-bit tag is the lower half of a 16-bit one.
 *
 * The device VTPH0001 counts the answers: its hardware revision (_HRV), which
 * Linux reads anew each time, is how many there were.
 *
 * HOLE is defined for a firmware that marks every tag of processor 2 as
 * invalid; SECOND where there is a second host bridge.
 */
DefinitionBlock ("", "SSDT", 2, "VFIOTP", "STAGS", 1)
{
	External (\_SB.PCI0, DeviceObj)
#ifdef SECOND
	External (\_SB.PC20, DeviceObj)
#endif

	Scope (\_SB)
	{
		Name (STCT, 0)
		Device (STCD)
		{
			Name (_HID, "VTPH0001")
			Method (_HRV, 0, NotSerialized)
			{
				Return (STCT)
			}
		}

		/* Arguments: UID, what to add to 8-bit and to 16-bit tags */
		Method (STAG, 3, Serialized)
		{
			Name (BUFF, Buffer (8) {})
			CreateByteField (BUFF, 0, VVAL)
			CreateByteField (BUFF, 1, VST)
			CreateWordField (BUFF, 2, VXST)
			CreateByteField (BUFF, 4, PVAL)
			CreateByteField (BUFF, 5, PST)
			CreateWordField (BUFF, 6, PXST)

			STCT++
			VVAL = 3
			PVAL = 3
#ifdef HOLE
			If (Arg0 == 2)
			{
				VVAL = 0
				PVAL = 0
			}
#endif
			VST = 0x11 + Arg0 + Arg1
			VXST = 0x5201 + (Arg0 * 0x10) + Arg2
			PST = 0x41 + Arg0 + Arg1
			PXST = 0x6301 + (Arg0 * 0x10) + Arg2
			Return (BUFF)
		}

		/* The _DSM of either bridge, with its two numbers behind */
		Method (TDSM, 6, Serialized)
		{
			If (Arg0 != ToUUID ("e5c937d0-3553-4d7a-9117-ea4d19c3434d"))
			{
				Return (Buffer (1) { 0 })
			}
			If (Arg2 == 0)
			{
				/* Functions 0 and 15 */
				Return (Buffer (2) { 0x01, 0x80 })
			}
			If (Arg1 >= 7 && Arg2 == 15)
			{
				Return (STAG (DerefOf (Arg3 [1]), Arg4, Arg5))
			}
			Return (Buffer (1) { 0 })
		}
	}

	Scope (\_SB.PCI0)
	{
		Method (_DSM, 4, Serialized)
		{
			Return (TDSM (Arg0, Arg1, Arg2, Arg3, 0, 0))
		}
	}
#ifdef SECOND
	Scope (\_SB.PC20)
	{
		Method (_DSM, 4, Serialized)
		{
			Return (TDSM (Arg0, Arg1, Arg2, Arg3, 0x80, 0x8000))
		}
	}
#endif
}
