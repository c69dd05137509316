; The installer for counter PCs, built on Linux: makensis -DLAYOUT=… -DVERSION=… -DKILOBYTES=… -DUPGRADE_CODE=… -DOUT=…
; [-DTRIAL] [-DFAST] [-DSIGN=…] kiosk.nsi
;
; Each version lies in a folder of its own below the program's. A new one is written beside the old one, takes its name when it is whole, is
; made the one that is started, and only then the old one goes: ended at any point, one of them is whole.
;
; Mass installation: with /FILES, kiosk.toml and COMPUTER.enrolment (by the computer's name) or kiosk.enrolment beside this file are taken
; over by `kiosk setup --machine`, which checks both before it changes anything, and may be repeated. Without /FILES whoever sits there is
; asked, and a silent one leaves them: a web page lays files beside a downloaded installer too.
; Silent: /S, the folder /D=… (last, without quotes), /NOAUTOSTART, /FILES, /MACHINE, /GROUP=name and /POLICIES (`kiosk setup --machine`),
; /LOG=file; of uninstall.exe /ERASE and /LOSE=n (`kiosk erase`), which a silent one has to be told, and others ask for. Anything else is
; refused: a mistyped /GROUP= would open the counter to everybody. What goes wrong is said in a window, unless silent, and in the log.
; Exit codes: 0 done, 1 ended by the user, 2 not written, 11 no rights, 12 Windows too old, 13 a newer version is there, 14 the counter runs,
; 15 installed but not set up, 16 not erased and not removed, 17 installed from the MSI, 18 a folder that is not for this, 19 policies not put
; back and not removed, 20 an unknown switch.
Unicode true
Target amd64-unicode
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel admin
; A file that cannot be written ends the installation: there is no program without it.
AllowSkipFiles off

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include WordFunc.nsh

!define ID "LibraryCardKiosk"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!ifdef TRIAL
  !define SUFFIX "$(TRIAL)"
!else
  !define SUFFIX ""
!endif
!define NEW "$INSTDIR\.new-${VERSION}"
!define HERE "$INSTDIR\${VERSION}"
; What a folder of a version has and no other program's.
!define OURS "Lib\site-packages\kiosk\__main__.py"

Name "$(NAME)${SUFFIX}"
OutFile "${OUT}"
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif
InstallDir "$PROGRAMFILES64\${ID}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Library Card Kiosk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Library Card Kiosk Setup"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

Var former ; version that was installed before, or nothing
Var log
Var files ; the options that name what lies beside this file, or nothing
Var unfound ; that /FILES was given, and nothing lies there for this computer
; Of the command line: 1, or nothing.
Var takes_files
Var is_machine
Var has_group
Var group
Var has_policies
Var has_no_autostart
Var is_erase
Var has_lose
Var lose

!define MUI_ICON "${LAYOUT}/kiosk.ico"
!define MUI_UNICON "${LAYOUT}/kiosk.ico"
!define MUI_ABORTWARNING
; The descriptions would leave no room for the names.
!define MUI_COMPONENTSPAGE_NODESC
; Of NSIS: to close all applications, so that no restart is needed. None is.
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE ask_for_another_place
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "English"
!include words.nsh

; Removes the menu of a language, unless it is the one that is used now: whoever installed before may have spoken the other.
!macro remove_menu language
  ${If} "$(NAME)" != "${${language}_NAME}"
    RMDir /r "$SMPROGRAMS\${${language}_NAME}"
  ${EndIf}
!macroend

; Takes what begins with this and lies in $4; the rest of it.
!macro take_value prefix value
  StrLen $5 "${prefix}"
  StrCpy $6 $4 $5
  ${If} $6 == "${prefix}"
    StrCpy ${value} $4 "" $5
    StrCpy $4 ""
  ${EndIf}
!macroend

!macro take_switch switch has
  ${If} $4 == "${switch}"
    StrCpy ${has} 1
    StrCpy $4 ""
  ${EndIf}
!macroend

; Reads the command line as programs of Windows do, whoever has quoted it: PowerShell makes "/GROUP=two words" of /GROUP="two words".
; NSIS has taken off /D=… and _?=… by then. `end`: of which program the switches are known; the others are refused.
; https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
!macro read_command_line end
  StrCpy $log "$TEMP\library-card-kiosk-setup.log"
  StrCpy $7 ""
  StrCpy $2 $CMDLINE
  System::Call 'shell32::CommandLineToArgvW(w r2, *i .r0) p .r1'
  ; The first is the program.
  ${For} $2 2 $0
    IntOp $3 $2 - 1
    IntOp $3 $3 * ${NSIS_PTR_SIZE}
    IntPtrOp $3 $3 + $1
    System::Call '*$3(w .r4)'
    !insertmacro take_value "/LOG=" $log
    !if "${end}" == "install"
      !insertmacro take_switch "/NOAUTOSTART" $has_no_autostart
      !insertmacro take_switch "/FILES" $takes_files
      !insertmacro take_switch "/MACHINE" $is_machine
      !insertmacro take_switch "/POLICIES" $has_policies
      ${If} $4 != ""
        !insertmacro take_value "/GROUP=" $group
        ${If} $4 == ""
          StrCpy $has_group 1
        ${EndIf}
      ${EndIf}
    !else
      !insertmacro take_switch "/ERASE" $is_erase
      ${If} $4 != ""
        !insertmacro take_value "/LOSE=" $lose
        ${If} $4 == ""
          StrCpy $has_lose 1
        ${EndIf}
      ${EndIf}
    !endif
    ; NSIS's own, in capital letters only.
    ${If} $4 != ""
    ${AndIf} $4 S!= "/S"
    ${AndIf} $4 S!= "/NCRC"
      StrCpy $7 "$7$\r$\n$4"
    ${EndIf}
  ${Next}
  System::Call 'kernel32::LocalFree(p r1)'
  ${If} $7 != ""
    !insertmacro refuse 20 "$(UNKNOWN_SWITCH)$7"
  ${EndIf}
!macroend

; A line of the log. One that cannot be written is not what this is about.
!macro note words
  ClearErrors
  FileOpen $R9 "$log" a
  ${IfNot} ${Errors}
    FileSeek $R9 0 END
    ${GetTime} "" "L" $R0 $R1 $R2 $R3 $R4 $R5 $R6
    FileWriteUTF16LE /BOM $R9 "$R2-$R1-$R0 $R4:$R5:$R6 ${VERSION} ${words}$\r$\n"
    FileClose $R9
  ${EndIf}
!macroend

; Tells why nothing was done, or how far it came, and ends with a code of its own.
!macro refuse code words
  !insertmacro note "${code}: ${words}"
  MessageBox MB_OK|MB_ICONSTOP "${words}" /SD IDOK
  SetErrorLevel ${code}
  Quit
!macroend

; Rename the folder of a version, unless it runs: a library that is loaded cannot be opened to be written.
!macro set_aside folder aside failed
  ClearErrors
  FileOpen $2 "${folder}\python313.dll" a
  IfErrors ${failed}
  FileClose $2
  Rename "${folder}" "${aside}"
  IfErrors ${failed}
!macroend

; Gives a file the name of another one in one step: REPLACE_EXISTING and WRITE_THROUGH.
; https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
!macro exchange new name
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\${new}", w "$INSTDIR\${name}", i 9)'
!macroend

; Whether the program may lie in $INSTDIR: leaves 1 on the stack, or 0. Below the folder of programs, where Windows lets only administrators
; write: the counter is started from there, and commands with their rights. And in a folder of its own: its removal is this program's.
Function is_place_usable
  Push $0
  Push $1
  Push $2
  ; Without "..": https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfullpathnamew
  System::Call 'kernel32::GetFullPathNameW(w "$INSTDIR", i ${NSIS_MAX_STRLEN}, w .r0, p 0)'
  StrCpy $INSTDIR "$0"
  ReadRegStr $1 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $1 != ""
  ${AndIf} $1 == $INSTDIR
    Goto usable
  ${EndIf}
  StrLen $1 "$PROGRAMFILES64\"
  StrCpy $2 "$INSTDIR" $1
  StrCpy $0 "$INSTDIR" "" $1
  ${If} $2 != "$PROGRAMFILES64\"
  ${OrIf} $0 == ""
    Goto unusable
  ${EndIf}
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ; With a full stop: "." and "..", and what an installation that was ended has left.
    StrCpy $2 "$1" 1
    ${If} $2 != "."
    ${AndIf} $1 != "kiosk.cmd"
    ${AndIf} $1 != "counter.exe"
    ${AndIf} $1 != "uninstall.exe"
    ${AndIfNot} ${FileExists} "$INSTDIR\$1\${OURS}"
      FindClose $0
      Goto unusable
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
usable:
  StrCpy $0 1
  Goto known
unusable:
  StrCpy $0 0
known:
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

Function ask_for_another_place
  Call is_place_usable
  Pop $0
  ${If} $0 == 0
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(PLACE_UNUSABLE)" /SD IDOK
    Abort
  ${EndIf}
FunctionEnd

Section "-program"
  SetRegView 64
  SetShellVarContext all
  Call is_place_usable
  Pop $0
  ${If} $0 == 0
    !insertmacro refuse 18 "$(PLACE_UNUSABLE)"
  ${EndIf}
  ${GetRoot} "$INSTDIR" $0
  ClearErrors
  ${DriveSpace} "$0" "/D=F /S=K" $1
  ${IfNot} ${Errors}
  ${AndIf} $1 < ${KILOBYTES}
    !insertmacro refuse 2 "$(NOT_WRITTEN)"
  ${EndIf}
  ; What an installation that was ended left behind.
  RMDir /r "${NEW}"
  SetOutPath "${NEW}"
  File /r "${LAYOUT}/*"
  SetOutPath "$INSTDIR"
  ${If} ${FileExists} "${HERE}\*.*"
    RMDir /r "$INSTDIR\.old-${VERSION}"
    !insertmacro set_aside "${HERE}" "$INSTDIR\.old-${VERSION}" running
  ${EndIf}
  ClearErrors
  Rename "${NEW}" "${HERE}"
  IfErrors unwritten
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateDirectory "$SMPROGRAMS\$(NAME)"
  SetOutPath "${HERE}"
  CreateShortcut "$SMPROGRAMS\$(NAME)\$(NAME).lnk" "${HERE}\pythonw.exe" "-m kiosk keep" "${HERE}\kiosk.ico"
  !insertmacro remove_menu JAPANESE
  !insertmacro remove_menu ENGLISH
  SetOutPath "$INSTDIR"
  ; The command line, under one name whatever the version; and a prompt that finds it.
  FileOpen $0 "$INSTDIR\.kiosk.cmd.new" w
  FileWrite $0 '@"%~dp0${VERSION}\python.exe" -m kiosk %*$\r$\n'
  FileClose $0
  !insertmacro exchange ".kiosk.cmd.new" "kiosk.cmd"
  ; The counter, under one name (counter.c): it reads kiosk.cmd. One that runs cannot be exchanged, and need not be.
  File "/oname=.counter.exe.new" "${LAYOUT}/counter.exe"
  !insertmacro exchange ".counter.exe.new" "counter.exe"
  Delete "$INSTDIR\.counter.exe.new"
  CreateShortcut "$SMPROGRAMS\$(NAME)\$(PROMPT).lnk" "$SYSDIR\cmd.exe" '/k "set PATH=$INSTDIR;%PATH%"' "${HERE}\kiosk.ico"

  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "$(NAME)${SUFFIX}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "${HERE}\kiosk.ico"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "Library Card Kiosk"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  ; Last: from here on this version is the one that is installed.
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  Goto written
running:
  RMDir /r "${NEW}"
  !insertmacro refuse 14 "$(RUNNING)"
unwritten:
  Rename "$INSTDIR\.old-${VERSION}" "${HERE}"
  RMDir /r "${NEW}"
  !insertmacro refuse 2 "$(NOT_WRITTEN)"
written:
SectionEnd

Section "$(AUTOSTART)" autostart
  SetRegView 64
  WriteRegStr HKLM "${RUN}" "${ID}" '"${HERE}\pythonw.exe" -m kiosk keep'
SectionEnd

; Versions before this one, last of all. What still runs stays, and goes with the next installation.
Section "-former"
  SetRegView 64
  ; What started a version that goes.
  ${IfNot} ${SectionIsSelected} ${autostart}
    DeleteRegValue HKLM "${RUN}" "${ID}"
  ${EndIf}
  ; What an ended removal has left: nothing could take its name.
  RMDir /r "$INSTDIR\.going"
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} $1 != "${VERSION}"
    ${AndIf} ${FileExists} "$INSTDIR\$1\${OURS}"
      !insertmacro set_aside "$INSTDIR\$1" "$INSTDIR\.going" next
      RMDir /r "$INSTDIR\.going"
    ${EndIf}
next:
    FindNext $0 $1
  ${Loop}
  FindClose $0
SectionEnd

Section /o "$(MACHINE)" machine
  ${If} $has_group != ""
    StrCpy $files '$files --group "$group"'
  ${EndIf}
  ${If} $has_policies != ""
    StrCpy $files '$files --policies'
  ${EndIf}
  nsExec::ExecToStack '"${HERE}\python.exe" -m kiosk setup --machine$files'
  Pop $0
  Pop $1
  ${If} $0 != "0"
    !insertmacro refuse 15 "$(NOT_SET_UP)$\r$\n$\r$\n$1"
  ${EndIf}
  !insertmacro note "0: $1"
SectionEnd

; Last: the program is there all the same.
Section "-unfound"
  ${If} $unfound != ""
    !insertmacro refuse 15 "$(NO_FILES)$\r$\n$\r$\n$unfound"
  ${EndIf}
SectionEnd

Function .onInit
  SetRegView 64
  SetShellVarContext all
  !insertmacro read_command_line install
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    !insertmacro refuse 11 "$(NO_RIGHTS)"
  ${EndIf}
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion" "CurrentBuildNumber"
  ${If} $0 < 17763
    !insertmacro refuse 12 "$(OLD_WINDOWS)"
  ${EndIf}
  ; 0: the MSI is installed, in whatever version. The MSI refuses in turn.
  ; https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msienumrelatedproductsw
  System::Call 'msi::MsiEnumRelatedProductsW(w "${UPGRADE_CODE}", i 0, i 0, w .r1) i .r0'
  ${If} $0 == 0
    !insertmacro refuse 17 "$(MSI_THERE)"
  ${EndIf}
  ReadRegStr $former HKLM "${UNINSTALL}" "DisplayVersion"
  ${If} $former != ""
    ${VersionCompare} "$former" "${VERSION}" $0
    ${If} $0 == 1
      !insertmacro refuse 13 "$(NEWER_THERE)"
    ${EndIf}
    ; An upgrade goes where the version before is.
    ReadRegStr $INSTDIR HKLM "${UNINSTALL}" "InstallLocation"
    ; And leaves the autostart as it is.
    ReadRegStr $0 HKLM "${RUN}" "${ID}"
    ${If} $0 == ""
      !insertmacro UnselectSection ${autostart}
    ${EndIf}
  ${EndIf}
  ${If} $has_no_autostart != ""
    !insertmacro UnselectSection ${autostart}
  ${EndIf}
  ${If} $is_machine != ""
  ${OrIf} $has_policies != ""
  ${OrIf} $has_group != ""
    !insertmacro SelectSection ${machine}
  ${EndIf}
  StrCpy $1 ""
  ${If} ${FileExists} "$EXEDIR\kiosk.toml"
    StrCpy $1 "$1$\r$\n$EXEDIR\kiosk.toml"
    StrCpy $files ' --config "$EXEDIR\kiosk.toml"'
  ${EndIf}
  ReadEnvStr $0 COMPUTERNAME
  ${If} ${FileExists} "$EXEDIR\$0.enrolment"
    StrCpy $1 "$1$\r$\n$EXEDIR\$0.enrolment"
    StrCpy $files '$files --enrolment "$EXEDIR\$0.enrolment"'
  ${ElseIf} ${FileExists} "$EXEDIR\kiosk.enrolment"
    StrCpy $1 "$1$\r$\n$EXEDIR\kiosk.enrolment"
    StrCpy $files '$files --enrolment "$EXEDIR\kiosk.enrolment"'
  ${Else}
    ; Of twenty files one may have a mistyped name. Without the file a counter may be meant that has no server, or is enrolled already.
    ${If} $takes_files != ""
      !insertmacro note "$(NO_ENROLMENT) $EXEDIR\$0.enrolment, $EXEDIR\kiosk.enrolment"
      ${If} $files == ""
      ${AndIfNot} ${SectionIsSelected} ${machine}
        StrCpy $unfound "$EXEDIR\kiosk.toml$\r$\n$EXEDIR\$0.enrolment$\r$\n$EXEDIR\kiosk.enrolment"
      ${EndIf}
    ${EndIf}
  ${EndIf}
  ${If} $files != ""
    StrCmp $takes_files "" 0 take
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(TAKE_FILES)$\r$\n$1" /SD IDNO IDYES take
    StrCpy $files ""
    !insertmacro note "$(FILES_LEFT)$1"
    Return
take:
    !insertmacro SelectSection ${machine}
  ${EndIf}
FunctionEnd

Function .onInstFailed
  ; The current folder cannot be removed.
  SetOutPath "$TEMP"
  RMDir /r "${NEW}"
  RMDir "$INSTDIR"
  !insertmacro note "2: $(NOT_WRITTEN)"
FunctionEnd

; Whether a version runs: goes to `running` then.
!macro look_for_running
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} ${FileExists} "$INSTDIR\$1\${OURS}"
      ClearErrors
      FileOpen $2 "$INSTDIR\$1\python313.dll" a
      IfErrors running
      FileClose $2
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
!macroend

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  !insertmacro read_command_line uninstall
FunctionEnd

; The counters that accounts have for themselves, of which `kiosk erase` knows that of this account alone: their folders in $4.
Function un.find_others
  StrCpy $4 ""
  ; https://learn.microsoft.com/troubleshoot/windows-server/user-profiles-and-logon/relocation-of-users-and-programdata-directories
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList" "ProfilesDirectory"
  ExpandEnvStrings $0 "$0"
  FindFirst $1 $2 "$0\*"
  ${DoWhile} $2 != ""
    ${If} $2 != "."
    ${AndIf} $2 != ".."
    ${AndIf} ${FileExists} "$0\$2\AppData\Local\library-card-kiosk\*.*"
      StrCpy $4 "$4$\r$\n$0\$2\AppData\Local\library-card-kiosk"
    ${EndIf}
    FindNext $1 $2
  ${Loop}
  FindClose $1
FunctionEnd

Section "Uninstall"
  SetRegView 64
  SetShellVarContext all
  !insertmacro look_for_running
  ; The data first: only the program knows where they are. If they cannot be erased, it stays.
  StrCpy $3 "$(DATA_KEPT)"
  StrCmp $is_erase "" 0 erase
  MessageBox MB_YESNO|MB_ICONQUESTION "$(KEEP_DATA)" /SD IDYES IDYES keep
erase:
  StrCpy $3 "$(DATA_ERASED)"
  ReadRegStr $1 HKLM "${UNINSTALL}" "DisplayVersion"
  StrCpy $2 ""
  ${If} $has_lose != ""
    StrCpy $2 ' --lose "$lose"'
  ${ElseIfNot} ${Silent}
    ; Whoever sits there is asked; a script has to say it beforehand.
    nsExec::ExecToStack '"$INSTDIR\$1\python.exe" -m kiosk erase --count-lost'
    Pop $0
    Pop $4
    ${If} $0 != "0"
      !insertmacro refuse 16 "$(NOT_ERASED)$\r$\n$\r$\n$4"
    ${EndIf}
    ; The number in the first line, and the same in words below it.
    ${WordFind2X} "$\n$4" "$\n" "$\r" "+1" $5
    StrLen $6 "$5$\r$\n"
    StrCpy $4 $4 "" $6
    ${If} $5 != "0"
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(LOSE)$\r$\n$\r$\n$4" /SD IDNO IDYES lose
      !insertmacro note "16: $4"
      SetErrorLevel 16
      Quit
lose:
      StrCpy $2 ' --lose "$5"'
    ${EndIf}
  ${EndIf}
  nsExec::ExecToStack '"$INSTDIR\$1\python.exe" -m kiosk erase --yes$2'
  Pop $0
  Pop $1
  ${If} $0 != "0"
    !insertmacro refuse 16 "$(NOT_ERASED)$\r$\n$\r$\n$1"
  ${EndIf}
  !insertmacro note "0: $1"
  StrCpy $5 "$1"
  Call un.find_others
  ${If} $4 != ""
    !insertmacro note "0: $(OTHERS_KEPT)$4"
    StrCpy $5 "$(OTHERS_KEPT)$4$\r$\n$\r$\n$5"
  ${EndIf}
  StrCpy $3 "$3$\r$\n$\r$\n$5"
keep:
  ; Only the program knows what was there before. Where it is gone, an earlier removal was ended after this.
  ReadRegStr $1 HKLM "${UNINSTALL}" "DisplayVersion"
  ${If} ${FileExists} "$INSTDIR\$1\python.exe"
    nsExec::ExecToStack '"$INSTDIR\$1\python.exe" -m kiosk setup --no-policies'
    Pop $0
    Pop $1
    ${If} $0 != "0"
      !insertmacro refuse 19 "$(POLICIES_STAY)$\r$\n$\r$\n$1"
    ${EndIf}
  ${EndIf}
  RMDir /r "$INSTDIR\.going"
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} ${FileExists} "$INSTDIR\$1\${OURS}"
      !insertmacro set_aside "$INSTDIR\$1" "$INSTDIR\.going" running
      RMDir /r "$INSTDIR\.going"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  DeleteRegValue HKLM "${RUN}" "${ID}"
  RMDir /r "$SMPROGRAMS\$(NAME)"
  !insertmacro remove_menu JAPANESE
  !insertmacro remove_menu ENGLISH
  DeleteRegKey HKLM "${UNINSTALL}"
  Delete "$INSTDIR\kiosk.cmd"
  Delete "$INSTDIR\counter.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  MessageBox MB_OK|MB_ICONINFORMATION "$3" /SD IDOK
  Goto removed
running:
  !insertmacro refuse 14 "$(RUNNING)"
removed:
SectionEnd
